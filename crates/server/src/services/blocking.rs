//! What BanGUI itself blocks and lets through: lists of others, bans made by hand, the allowlist; and what the packet filter really does.
//!
//! Everything that is to be in force is worked out in one place ([`wanted`]) and carried out in one place ([`Blocking::carry_out`]), whatever changed.
pub(crate) mod allow;
mod configure;
pub(crate) mod cover;
pub(crate) mod fetch;
pub(crate) mod firewall;
pub(crate) mod hits;
pub(crate) mod import;
pub(crate) mod jails;
pub(crate) mod known;
pub(crate) mod lists;
pub(crate) mod own_bans;
pub(crate) mod preview;
mod reasons;
pub(crate) mod recent_logins;
pub(crate) mod wanted;

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use blocklists::{Downloader, Resolve};
use domain::{
    BlockCommand, BlockSet, BlockingReads, BlockingWrites, Clock, FirewallActs, FirewallError,
    FirewallReads, HostActs, HostConfigActs, HostConfigReads, HostReads, LoadReport, StorageError,
    StorageReads,
};
use ipnet::IpNet;
use tokio::sync::Mutex;

use self::known::Known;
use crate::{
    problem::Problem,
    services::protection::Protection,
    tasks::{TaskFault, Wake},
};

/// What can be seen of it.
#[derive(Clone)]
pub(crate) struct BlockingView {
    /// What is kept.
    pub(crate) storage: Arc<dyn BlockingReads>,
    /// The packet filter, to be asked.
    pub(crate) firewall: Arc<dyn FirewallReads>,
    /// What tasks found out.
    pub(crate) known: Arc<Known>,
}

/// What can be done with it.
#[derive(Clone)]
pub(crate) struct Blocking {
    /// What can be seen.
    pub(crate) view: BlockingView,
    /// What is kept, to be changed.
    pub(crate) writes: Arc<dyn BlockingWrites>,
    /// The packet filter, to be changed.
    pub(crate) firewall: Arc<dyn FirewallActs>,
    /// Who fetches lists.
    pub(crate) downloads: Arc<Downloader>,
    /// Who tells the addresses of names on the allowlist.
    pub(crate) resolver: Arc<dyn Resolve>,
    settings: Arc<dyn StorageReads>,
    protection: Protection,
    host: Arc<dyn HostReads>,
    acts: Arc<dyn HostActs>,
    config: Arc<dyn HostConfigReads>,
    config_acts: Arc<dyn HostConfigActs>,
    clock: Arc<dyn Clock>,
    /// One at a time: each works out what is wanted anew, so the last one is right.
    turn: Arc<Mutex<()>>,
    /// Jails for lists, one task at a time.
    jails_turn: Arc<Mutex<()>>,
    /// Wakes the task that brings these jails up to date.
    pub(crate) jails: Arc<Wake>,
    /// Bans made by hand, one change at a time, from what is kept to what is in force: else an end may undo the ban that came after it.
    bans_turn: Arc<Mutex<()>>,
    /// Whether everything is to be carried out soon already.
    asked: Arc<AtomicBool>,
    /// Whether there is no network yet.
    is_at_boot: bool,
}

/// Why what is wanted was not carried out.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotCarriedOut {
    /// What is wanted could not be read.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The packet filter did not do it.
    #[error(transparent)]
    Firewall(#[from] FirewallError),
    /// What must never be blocked could not be read: so nothing is.
    #[error(transparent)]
    Host(#[from] domain::HostError),
    /// The configuration could not be read.
    #[error(transparent)]
    Config(#[from] domain::ConfigError),
}

impl From<NotCarriedOut> for Problem {
    fn from(error: NotCarriedOut) -> Self {
        match error {
            NotCarriedOut::Storage(error) => error.into(),
            NotCarriedOut::Firewall(error) => error.into(),
            NotCarriedOut::Host(error) => error.into(),
            NotCarriedOut::Config(error) => error.into(),
        }
    }
}

impl BlockingView {
    pub(crate) fn new(wiring: &crate::Wiring) -> Self {
        Self {
            storage: wiring.storage.blocking(),
            firewall: Arc::clone(&wiring.firewall_reads),
            known: Arc::default(),
        }
    }
}

impl Blocking {
    pub(crate) fn new(wiring: &crate::Wiring, view: BlockingView, protection: Protection) -> Self {
        Self {
            view,
            writes: wiring.storage.blocking_writes(),
            firewall: Arc::clone(&wiring.firewall_acts),
            downloads: Arc::clone(&wiring.downloads),
            resolver: Arc::clone(&wiring.resolver),
            settings: wiring.storage.reads(),
            protection,
            host: Arc::clone(&wiring.host_reads),
            acts: Arc::clone(&wiring.host_acts),
            config: Arc::clone(&wiring.config_reads),
            config_acts: Arc::clone(&wiring.config_acts),
            clock: Arc::clone(&wiring.clock),
            turn: Arc::default(),
            jails_turn: Arc::default(),
            jails: Arc::default(),
            bans_turn: Arc::default(),
            asked: Arc::default(),
            is_at_boot: false,
        }
    }

    /// Puts in force what is wanted now; nothing is changed where it is already. With `anew`, also where it seems to be.
    ///
    /// # Errors
    /// [`NotCarriedOut`]; what was in force before stays.
    pub(crate) async fn carry_out(&self, anew: bool) -> Result<LoadReport, NotCarriedOut> {
        let _turn = self.turn.lock().await;
        // What is asked for from here on is not seen to by this one.
        self.asked.store(false, Ordering::SeqCst);
        let done = self.carry_out_alone(anew).await;
        let at = self.clock.now();
        match &done {
            Ok(report) => self.view.known.loaded(at, Ok(*report)),
            Err(error) => {
                tracing::warn!(error = %error, "what is to be blocked is not carried out");
                self.view.known.loaded(at, Err(error.why()));
            }
        }
        done
    }

    /// For the start of the machine, before there is a network.
    pub(crate) fn at_boot(self) -> Self {
        Self {
            is_at_boot: true,
            ..self
        }
    }

    /// Whether nobody else has asked yet for everything to be carried out soon.
    pub(crate) fn is_first_to_ask(&self) -> bool {
        !self.asked.swap(true, Ordering::SeqCst)
    }

    /// Bans at once what is kept already. Not while everything is carried out, which would go by what was kept before.
    ///
    /// # Errors
    /// What the packet filter says.
    pub(crate) async fn block(&self, command: &BlockCommand) -> Result<(), FirewallError> {
        let _turn = self.turn.lock().await;
        self.firewall.block(command).await
    }

    /// Ends bans at once, likewise.
    ///
    /// # Errors
    /// What the packet filter says, but for that it cannot be used: then nothing is blocked.
    pub(crate) async fn unblock(&self, networks: &[IpNet]) -> Result<(), FirewallError> {
        let _turn = self.turn.lock().await;
        unless_unusable(self.firewall.unblock(networks).await)
    }

    /// Lets networks through at once, likewise.
    ///
    /// # Errors
    /// What the packet filter says, but for that it cannot be used: then nothing is blocked.
    pub(crate) async fn let_through(&self, networks: &[IpNet]) -> Result<(), FirewallError> {
        let _turn = self.turn.lock().await;
        unless_unusable(self.firewall.let_through(networks).await)
    }

    /// Puts in force what is wanted now; answers whether anything had to be changed.
    ///
    /// # Errors
    /// [`NotCarriedOut`], which is also noted, shown with what is blocked, and asked again.
    pub(crate) async fn keep(&self) -> Result<u64, TaskFault> {
        let report = self.carry_out(false).await?;
        Ok(u64::from(report.changed))
    }

    async fn carry_out_alone(&self, anew: bool) -> Result<LoadReport, NotCarriedOut> {
        let wanted = self.wanted().await?;
        let blocks_nothing =
            wanted.blocked.is_empty() && wanted.blocked_out.is_empty() && wanted.bans.is_empty();
        if blocks_nothing && !self.needs_to_be_emptied().await? {
            return Ok(LoadReport {
                changed: false,
                networks: 0,
                took_ms: 0,
            });
        }
        Ok(self.firewall.load_blocks(&wanted, anew).await?)
    }

    /// With nothing to block the packet filter is left alone, unless there is something of BanGUI's in it.
    async fn needs_to_be_emptied(&self) -> Result<bool, NotCarriedOut> {
        match self.view.firewall.block_state().await {
            Ok(state) => Ok(state.is_there || state.held_otherwise),
            Err(FirewallError::Unusable(_)) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// All that is to be in force now.
    pub(crate) async fn wanted(&self) -> Result<BlockSet, NotCarriedOut> {
        wanted::wanted(self).await
    }
}

fn unless_unusable(done: Result<(), FirewallError>) -> Result<(), FirewallError> {
    match done {
        Err(FirewallError::Unusable(_)) => Ok(()),
        done => done,
    }
}
