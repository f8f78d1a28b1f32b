//! A table of one's own in the packet filter: networks that are blocked, and those that never are.
mod answer;
mod compare;
mod content;
mod error;
mod ipset;
mod kind;
mod nftables;
mod other;

use std::{
    net::IpAddr,
    sync::{Arc, atomic::AtomicBool},
    time::Duration,
};

use ipnet::IpNet;
use tokio::{
    runtime::Handle,
    sync::{Mutex, OwnedMutexGuard},
    task::spawn_blocking,
};

pub use answer::{AddressHits, Backend, Counter, Counts, Drift, Hits, List, Loaded, State, Where};
pub use content::{Ban, Content, ContentHash, ContentHashError, TableName, TableNameError};
pub use error::{TableError, Unusable};

use self::{ipset::Ipset, nftables::Nftables};
use crate::Place;

/// How often it is tried whether nftables can be used, where what was said may pass.
const FIND_ATTEMPTS: u32 = 5;
const FIND_PAUSE: Duration = Duration::from_millis(200);

/// A table of one's own. Clones are the same table.
///
/// Whatever is asked or changed, the kernel is asked itself: nothing is remembered. All that is promised to be done is in the kernel when it is answered, and was looked at there.
#[derive(Debug, Clone)]
pub struct Table {
    place: Place,
    name: TableName,
    backend: Backend,
    /// Changes are made one after another.
    turn: Arc<Mutex<()>>,
    /// Whether it was seen that nothing is held the other way.
    is_alone: Arc<AtomicBool>,
}

impl Table {
    /// Finds out by what a table can be held here: nftables, or else ipset with iptables. Nothing is made yet.
    ///
    /// An error that may pass decides nothing: who took ipset for one would leave what nftables holds as it is, for ever. Nor is ipset taken where nftables holds a table already.
    ///
    /// # Errors
    /// [`Unusable`] with the reason for each.
    pub async fn find(place: Place, name: TableName) -> Result<Self, Unusable> {
        let nftables = Self::of(place.clone(), name.clone(), Backend::Nftables);
        let Err(error) = nftables.try_out_with_patience().await else {
            return Ok(nftables);
        };
        if nftables.is_there().await.unwrap_or(false) {
            return Ok(nftables);
        }
        let nftables = error.to_string();
        if error.may_pass() {
            return Err(Unusable {
                nftables,
                ipset: "not tried, as nftables may be there".to_owned(),
            });
        }
        match Self::with(place, name, Backend::Ipset).await {
            Ok(table) => Ok(table),
            Err(error) => Err(Unusable {
                nftables,
                ipset: error.to_string(),
            }),
        }
    }

    async fn try_out_with_patience(&self) -> Result<(), TableError> {
        for _ in 1..FIND_ATTEMPTS {
            match self.try_out().await {
                Err(error) if error.may_pass() => tokio::time::sleep(FIND_PAUSE).await,
                done => return done,
            }
        }
        self.try_out().await
    }

    /// A table that is held by this.
    ///
    /// # Errors
    /// [`TableError`] why it cannot be held by it.
    pub async fn with(place: Place, name: TableName, backend: Backend) -> Result<Self, TableError> {
        let table = Self::of(place, name, backend);
        table.try_out().await?;
        Ok(table)
    }

    fn of(place: Place, name: TableName, backend: Backend) -> Self {
        Self {
            place,
            name,
            backend,
            turn: Arc::default(),
            is_alone: Arc::default(),
        }
    }

    async fn try_out(&self) -> Result<(), TableError> {
        match self.backend {
            Backend::Nftables => self.by_nftables(None, Nftables::try_out).await,
            Backend::Ipset => {
                self.by_ipset(None, async |table| table.try_out().await)
                    .await
            }
        }
    }

    /// By what it is held.
    #[must_use]
    pub const fn backend(&self) -> Backend {
        self.backend
    }

    /// Brings a content into force: at once, or with an error not at all.
    ///
    /// What was in force stays until then. Of a content that is in force already nothing is changed.
    pub async fn load(&self, content: Arc<Content>) -> Result<Loaded, TableError> {
        let turn = self.turn().await;
        let loaded = match self.backend {
            Backend::Nftables => {
                self.by_nftables(Some(turn), move |table| table.load(&content))
                    .await
            }
            Backend::Ipset => {
                self.by_ipset(Some(turn), async move |table| table.load(&content).await)
                    .await
            }
        }?;
        self.remove_other().await;
        Ok(loaded)
    }

    /// Brings a content into force whatever seems to be in force: what [`Self::verify`] found is put right.
    pub async fn repair(&self, content: Arc<Content>) -> Result<Loaded, TableError> {
        let turn = self.turn().await;
        let loaded = match self.backend {
            Backend::Nftables => {
                self.by_nftables(Some(turn), move |table| table.repair(&content))
                    .await
            }
            Backend::Ipset => {
                self.by_ipset(Some(turn), async move |table| table.repair(&content).await)
                    .await
            }
        }?;
        self.remove_other().await;
        Ok(loaded)
    }

    /// What is in force; `None` where nothing was loaded since the machine started.
    pub async fn state(&self) -> Result<Option<State>, TableError> {
        match self.backend {
            Backend::Nftables => self.by_nftables(None, Nftables::state).await,
            Backend::Ipset => self.by_ipset(None, async |table| table.state().await).await,
        }
    }

    /// Bans networks by hand, at once. Those that are banned already get the new end.
    ///
    /// # Errors
    /// [`TableError::Absent`] where nothing was loaded yet.
    pub async fn ban(&self, bans: &[Ban]) -> Result<(), TableError> {
        let bans = bans.to_vec();
        let turn = self.turn().await;
        match self.backend {
            Backend::Nftables => {
                self.by_nftables(Some(turn), move |table| table.ban(&bans))
                    .await
            }
            Backend::Ipset => {
                self.by_ipset(Some(turn), async move |table| table.ban(&bans).await)
                    .await
            }
        }
    }

    /// Ends bans by hand. Networks that are not banned are no error; a wider or narrower network that is banned stays so.
    ///
    /// # Errors
    /// [`TableError::Absent`] where nothing was loaded yet.
    pub async fn unban(&self, networks: &[IpNet]) -> Result<(), TableError> {
        let networks = networks.to_vec();
        let turn = self.turn().await;
        match self.backend {
            Backend::Nftables => {
                self.by_nftables(Some(turn), move |table| table.unban(&networks))
                    .await
            }
            Backend::Ipset => {
                self.by_ipset(Some(turn), async move |table| table.unban(&networks).await)
                    .await
            }
        }
    }

    /// What is banned by hand now.
    ///
    /// # Errors
    /// [`TableError::Absent`] where nothing was loaded yet.
    pub async fn bans(&self) -> Result<Vec<Ban>, TableError> {
        match self.backend {
            Backend::Nftables => self.by_nftables(None, Nftables::bans).await,
            Backend::Ipset => self.by_ipset(None, async |table| table.bans().await).await,
        }
    }

    /// Lets networks through, at once, wherever else they are.
    ///
    /// # Errors
    /// [`TableError::Absent`] where nothing was loaded yet.
    pub async fn allow(&self, networks: &[IpNet]) -> Result<(), TableError> {
        let networks = networks.to_vec();
        let turn = self.turn().await;
        match self.backend {
            Backend::Nftables => {
                self.by_nftables(Some(turn), move |table| table.allow(&networks))
                    .await
            }
            Backend::Ipset => {
                self.by_ipset(Some(turn), async move |table| table.allow(&networks).await)
                    .await
            }
        }
    }

    /// Lets networks through no more. Those that were not let through are no error.
    ///
    /// # Errors
    /// [`TableError::Absent`] where nothing was loaded yet.
    pub async fn disallow(&self, networks: &[IpNet]) -> Result<(), TableError> {
        let networks = networks.to_vec();
        let turn = self.turn().await;
        match self.backend {
            Backend::Nftables => {
                self.by_nftables(Some(turn), move |table| table.disallow(&networks))
                    .await
            }
            Backend::Ipset => {
                self.by_ipset(Some(turn), async move |table| {
                    table.disallow(&networks).await
                })
                .await
            }
        }
    }

    /// What was dropped.
    ///
    /// # Errors
    /// [`TableError::Absent`] where nothing was loaded yet.
    pub async fn hits(&self) -> Result<Hits, TableError> {
        match self.backend {
            Backend::Nftables => self.by_nftables(None, Nftables::hits).await,
            Backend::Ipset => self.by_ipset(None, async |table| table.hits().await).await,
        }
    }

    /// Where an address is held, as the kernel finds it.
    ///
    /// # Errors
    /// [`TableError::Absent`] where nothing was loaded yet.
    pub async fn holds(&self, address: IpAddr) -> Result<Vec<Where>, TableError> {
        match self.backend {
            Backend::Nftables => {
                self.by_nftables(None, move |table| table.holds(address))
                    .await
            }
            Backend::Ipset => {
                self.by_ipset(None, async move |table| table.holds(address).await)
                    .await
            }
        }
    }

    /// What differs between a content and what is in the kernel: networks, sets, chains and rules.
    pub async fn verify(&self, content: Arc<Content>) -> Result<Vec<Drift>, TableError> {
        match self.backend {
            Backend::Nftables => {
                self.by_nftables(None, move |table| table.verify(&content))
                    .await
            }
            Backend::Ipset => {
                self.by_ipset(None, async move |table| table.verify(&content).await)
                    .await
            }
        }
    }

    /// Removes the table, and nothing else, by whatever it is held. Answers whether it was there.
    pub async fn remove(&self) -> Result<bool, TableError> {
        let removed = self.remove_this().await?;
        Ok(self.remove_held_otherwise().await? || removed)
    }

    async fn remove_this(&self) -> Result<bool, TableError> {
        let turn = self.turn().await;
        match self.backend {
            Backend::Nftables => self.by_nftables(Some(turn), Nftables::remove).await,
            Backend::Ipset => {
                self.by_ipset(Some(turn), async |table| table.remove().await)
                    .await
            }
        }
    }

    async fn is_there(&self) -> Result<bool, TableError> {
        match self.backend {
            Backend::Nftables => self.by_nftables(None, Nftables::is_there).await,
            Backend::Ipset => {
                self.by_ipset(None, async |table| table.is_there().await)
                    .await
            }
        }
    }

    async fn turn(&self) -> OwnedMutexGuard<()> {
        Arc::clone(&self.turn).lock_owned().await
    }

    /// The turn goes along: work that nobody waits for any more still has it.
    async fn by_nftables<T: Send + 'static>(
        &self,
        turn: Option<OwnedMutexGuard<()>>,
        work: impl FnOnce(&mut Nftables) -> Result<T, TableError> + Send + 'static,
    ) -> Result<T, TableError> {
        let (place, name) = (self.place.clone(), self.name.clone());
        let working = spawn_blocking(move || {
            let done = Nftables::open(&place, &name).and_then(|mut table| work(&mut table));
            drop(turn);
            done
        });
        working.await.unwrap_or(Err(TableError::Ended))
    }

    /// Its programs are waited for without a thread, but what they are told and print may be long.
    async fn by_ipset<T: Send + 'static>(
        &self,
        turn: Option<OwnedMutexGuard<()>>,
        work: impl AsyncFnOnce(Ipset<'_>) -> Result<T, TableError> + Send + 'static,
    ) -> Result<T, TableError> {
        let (place, name) = (self.place.clone(), self.name.clone());
        let runtime = Handle::current();
        let working = spawn_blocking(move || {
            let done = runtime.block_on(work(Ipset::new(&place, &name)));
            drop(turn);
            done
        });
        working.await.unwrap_or(Err(TableError::Ended))
    }
}
