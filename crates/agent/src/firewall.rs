//! The packet filter: BanGUI's own table in it, and what all of it does.
mod actions;
mod own;
mod port;
mod reasons;
mod repair;
mod truth;

use std::{net::IpAddr, sync::Arc, time::Duration};

use domain::{
    BlockBackend, BlockDrift, BlockHits, BlockSet, BlockState, BlockedBan, FirewallError, HitsOf,
    LoadReport, PathVerdict, Why, WhyCode,
};
use firewall::{Backend, Ban, Content, Drift, List, Place, Table, TableError, TableName};
use ipnet::IpNet;
use tokio::sync::{Mutex, Semaphore, SemaphorePermit};

use self::reasons::{failed, unusable};

/// How many may have the rules read at the same time: each question starts several programs.
const ASKED_AT_ONCE: usize = 2;

/// How many networks of a list that differ are named.
const NAMED: usize = 100;

/// Which packet filter carries out what is banned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FirewallConfig {
    /// None that may be looked at or changed, and why.
    None(Why),
    /// This one.
    At {
        /// In which network namespace it is.
        place: Place,
        /// The name of BanGUI's own table in it.
        table: TableName,
    },
}

impl Default for FirewallConfig {
    /// None: nothing is looked at or changed unless somebody says so.
    fn default() -> Self {
        Self::None(Why::new(
            WhyCode::FirewallNone,
            "BanGUI was started without one",
        ))
    }
}

/// The packet filter of the host.
pub(crate) struct PacketFilter {
    config: FirewallConfig,
    /// Found once it is needed.
    table: Mutex<Option<Table>>,
    /// Programs that list the rules run for a few at a time, whoever asks.
    asking: Semaphore,
}

impl PacketFilter {
    pub(crate) fn new(config: FirewallConfig) -> Self {
        Self {
            config,
            table: Mutex::default(),
            asking: Semaphore::new(ASKED_AT_ONCE),
        }
    }

    /// Waits for one's turn to ask.
    async fn turn(&self) -> Result<SemaphorePermit<'_>, FirewallError> {
        let turn = self.asking.acquire().await;
        // It is never closed.
        turn.map_err(|error| FirewallError::Failed(Why::unnamed(error)))
    }

    fn place(&self) -> Result<&Place, FirewallError> {
        match &self.config {
            FirewallConfig::None(why) => Err(FirewallError::Unusable(why.clone())),
            FirewallConfig::At { place, .. } => Ok(place),
        }
    }

    /// BanGUI's own table. By what it is held is found out once, and again where it could not be.
    pub(crate) async fn table(&self) -> Result<Table, FirewallError> {
        let (place, name) = match &self.config {
            FirewallConfig::None(why) => return Err(FirewallError::Unusable(why.clone())),
            FirewallConfig::At { place, table } => (place.clone(), table.clone()),
        };
        let mut known = self.table.lock().await;
        if let Some(table) = &*known {
            return Ok(table.clone());
        }
        let table = Table::find(place, name)
            .await
            .map_err(|why| unusable(&why))?;
        tracing::info!(backend = ?table.backend(), "the packet filter can be used");
        *known = Some(table.clone());
        Ok(table)
    }

    /// What becomes of new packets of an address, on all ways; or why that cannot be told.
    pub(crate) async fn verdicts(&self, address: IpAddr) -> Result<Vec<PathVerdict>, String> {
        let verdicts = truth::verdicts(self, address).await;
        verdicts.map_err(|error| error.to_string())
    }

    async fn state(&self) -> Result<BlockState, FirewallError> {
        let table = self.table().await?;
        let state = table.state().await.map_err(|error| failed(&error))?;
        let otherwise = table.is_held_otherwise().await;
        let count = |length: usize| u64::try_from(length).unwrap_or(u64::MAX);
        Ok(BlockState {
            backend: match table.backend() {
                Backend::Nftables => BlockBackend::Nftables,
                Backend::Ipset => BlockBackend::Ipset,
            },
            is_there: state.is_some(),
            networks: state.map_or(0, |state| count(state.blocked.total())),
            bans: state.map_or(0, |state| count(state.bans)),
            allowed: state.map_or(0, |state| count(state.allowed)),
            held_otherwise: otherwise.map_err(|error| failed(&error))?,
        })
    }

    async fn hits(&self) -> Result<BlockHits, FirewallError> {
        let _turn = self.turn().await?;
        let hits = match self.table().await?.hits().await {
            Err(TableError::Absent) => firewall::Hits::default(),
            hits => hits.map_err(|error| failed(&error))?,
        };
        let by_address = hits.by_address.into_iter().map(|hit| HitsOf {
            address: hit.address,
            packets: hit.dropped.packets,
            bytes: hit.dropped.bytes,
        });
        Ok(BlockHits {
            packets_in: hits.incoming.packets,
            bytes_in: hits.incoming.bytes,
            packets_out: hits.outgoing.packets,
            bytes_out: hits.outgoing.bytes,
            by_address: by_address.collect(),
        })
    }

    async fn load(&self, set: BlockSet, anew: bool) -> Result<LoadReport, FirewallError> {
        let table = self.table().await?;
        let content = Arc::new(content(set));
        let loaded = if anew {
            table.repair(content).await
        } else {
            table.load(content).await
        };
        let loaded = loaded.map_err(|error| failed(&error))?;
        Ok(LoadReport {
            changed: loaded.changed,
            networks: u64::try_from(loaded.networks).unwrap_or(u64::MAX),
            took_ms: millis(loaded.took),
        })
    }

    async fn block(&self, bans: &[BlockedBan]) -> Result<(), FirewallError> {
        let bans: Vec<Ban> = bans.iter().copied().map(ban).collect();
        self.table()
            .await?
            .ban(&bans)
            .await
            .map_err(|error| failed(&error))
    }

    async fn unblock(&self, networks: &[IpNet]) -> Result<(), FirewallError> {
        unless_absent(self.table().await?.unban(networks).await)
    }

    async fn let_through(&self, networks: &[IpNet]) -> Result<(), FirewallError> {
        unless_absent(self.table().await?.allow(networks).await)
    }

    async fn remove(&self) -> Result<(), FirewallError> {
        self.table()
            .await?
            .remove()
            .await
            .map(|_| ())
            .map_err(|error| failed(&error))
    }

    /// What of a set is not in the kernel, or too much there. A table that is not there, and need not be, is right.
    async fn drift(&self, set: BlockSet) -> Result<BlockDrift, FirewallError> {
        let table = self.table().await?;
        let is_needed = !set.is_empty();
        let differences = table
            .verify(Arc::new(content(set)))
            .await
            .map_err(|error| failed(&error))?;
        let mut drift = BlockDrift::default();
        for difference in differences {
            match difference {
                Drift::NoTable if !is_needed => {}
                other => add(&mut drift, other),
            }
        }
        Ok(drift)
    }
}

fn add(drift: &mut BlockDrift, difference: Drift) {
    let count = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
    let room = |named: &Vec<IpNet>| NAMED.saturating_sub(named.len());
    let mut fault = |code, text: &str, name: Option<&str>| {
        let fault = Why::new(code, text);
        drift.faults.push(match name {
            Some(name) => fault.name(name),
            None => fault,
        });
    };
    match difference {
        Drift::NoTable => fault(WhyCode::TableMissing, "the table is not there", None),
        Drift::Asleep => fault(WhyCode::TableAsleep, "the table is put to sleep", None),
        Drift::Chain { name } => {
            let text = format!("the chain {name} is gone or changed");
            fault(WhyCode::ChainChanged, &text, Some(&name));
        }
        Drift::Rules { chain } => {
            let text = format!("the rules of the chain {chain} are changed");
            fault(WhyCode::RulesChanged, &text, Some(&chain));
        }
        Drift::Set { name } => {
            let text = format!("the set {name} is gone or changed");
            fault(WhyCode::SetChanged, &text, Some(&name));
        }
        Drift::Missing {
            list,
            examples,
            count: missing,
        } => {
            let room = room(&drift.missing);
            drift.missing.extend(examples.into_iter().take(room));
            drift.missing_count += count(missing);
            drift
                .faults
                .extend(about(list, missing, WhyCode::AllowedMissing, "missing"));
        }
        Drift::Excess {
            list,
            examples,
            count: excess,
        } => {
            let room = room(&drift.excess);
            drift.excess.extend(examples.into_iter().take(room));
            drift.excess_count += count(excess);
            drift
                .faults
                .extend(about(list, excess, WhyCode::AllowedExcess, "too much"));
        }
    }
}

/// What is let through is no matter of counts alone.
fn about(list: List, count: usize, code: WhyCode, how: &str) -> Option<Why> {
    (list == List::Allowed).then(|| {
        let text = format!("networks that are let through: {count} {how}");
        Why::new(code, text).count(count)
    })
}

fn content(set: BlockSet) -> Content {
    Content {
        blocked: set.blocked,
        blocked_out: set.blocked_out,
        allowed: set.allowed,
        bans: set.bans.into_iter().map(ban).collect(),
        established_stay: set.established_stay,
    }
}

const fn ban(ban: BlockedBan) -> Ban {
    Ban {
        network: ban.network,
        remaining: ban.remaining,
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// With no table nothing is blocked.
fn unless_absent(done: Result<(), TableError>) -> Result<(), FirewallError> {
    match done {
        Err(TableError::Absent) => Ok(()),
        done => done.map_err(|error| failed(&error)),
    }
}
