//! The lock-out guard: what must not be banned, whoever asks.
mod facts;
pub(crate) mod logins;
mod routes;
mod ssh;
mod tcp;

use std::{
    collections::BTreeSet,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, Instant},
};

use domain::{GuardHit, GuardReason, HostError, MAX_PROTECTED_NETWORKS, ProtectedNetwork};
use ipnet::{IpNet, Ipv4Net, Ipv6Net};

pub use facts::{Facts, FactsSource, MachineFacts};

/// The most hits of one reason that are told of one target: enough to see what it is about.
const MAX_HITS_PER_REASON: usize = 10;

/// What the guard goes by.
#[derive(Clone)]
pub struct GuardConfig {
    /// Where the machine's addresses come from.
    pub facts: Arc<dyn FactsSource>,
    /// How old they may be; addresses come and go with leases and tunnels, and people log in.
    pub refresh: Duration,
}

impl Default for GuardConfig {
    fn default() -> Self {
        Self {
            facts: Arc::new(MachineFacts::default()),
            refresh: Duration::from_secs(5),
        }
    }
}

/// The guard with the facts it last read.
pub(crate) struct Guard {
    config: GuardConfig,
    last: tokio::sync::Mutex<Option<(Instant, Arc<Facts>)>>,
    /// What others want protected.
    set: RwLock<Arc<[ProtectedNetwork]>>,
}

impl Guard {
    pub(crate) fn new(config: GuardConfig) -> Self {
        Self {
            config,
            last: tokio::sync::Mutex::new(None),
            set: RwLock::new(Arc::new([])),
        }
    }

    /// What is protected beside the machine's own addresses, from now on.
    ///
    /// # Errors
    /// `TooManyTargets`.
    pub(crate) fn set(&self, networks: &[ProtectedNetwork]) -> Result<(), HostError> {
        if networks.len() > MAX_PROTECTED_NETWORKS {
            return Err(HostError::TooManyTargets {
                max: MAX_PROTECTED_NETWORKS,
            });
        }
        let canonical = |protected: &ProtectedNetwork| ProtectedNetwork {
            network: canonical_network(protected.network),
            reason: protected.reason,
        };
        let set = networks.iter().map(canonical).collect();
        *self.set.write().unwrap_or_else(PoisonError::into_inner) = set;
        Ok(())
    }

    /// Everything that is protected whoever asks, in order and each once.
    ///
    /// # Errors
    /// `GuardBlind` when the machine's addresses cannot be read and never were.
    pub(crate) async fn protected(&self) -> Result<Arc<[ProtectedNetwork]>, HostError> {
        self.protected_within(self.config.refresh).await
    }

    /// The same with the machine looked at now: for what nobody asks about again before it is done.
    ///
    /// # Errors
    /// As [`Self::protected`].
    pub(crate) async fn protected_now(&self) -> Result<Arc<[ProtectedNetwork]>, HostError> {
        self.protected_within(Duration::ZERO).await
    }

    async fn protected_within(&self, age: Duration) -> Result<Arc<[ProtectedNetwork]>, HostError> {
        let facts = self.facts(age).await?;
        let set = self.set.read().unwrap_or_else(PoisonError::into_inner);
        Ok(all_protected(&facts, &set))
    }

    /// The machine's addresses, read again when they are older than this. One reader reads, the others wait for it.
    async fn facts(&self, age: Duration) -> Result<Arc<Facts>, HostError> {
        let mut last = self.last.lock().await;
        if let Some((read, facts)) = &*last
            && read.elapsed() < age
        {
            return Ok(facts.clone());
        }
        let source = self.config.facts.clone();
        let read = tokio::task::spawn_blocking(move || source.read()).await;
        match read.map_err(std::io::Error::other).flatten() {
            Ok(facts) => {
                let facts = Arc::new(facts);
                *last = Some((Instant::now(), facts.clone()));
                Ok(facts)
            }
            Err(error) => {
                tracing::error!(%error, "the machine's addresses could not be read");
                // What was known is better than nothing; it is tried again the next time.
                let known = last.as_ref().map(|(_, facts)| facts.clone());
                known.ok_or_else(|| HostError::GuardBlind(error.to_string()))
            }
        }
    }
}

/// What the facts protect, and what others set.
fn all_protected(facts: &Facts, set: &[ProtectedNetwork]) -> Arc<[ProtectedNetwork]> {
    let loopback = [
        IpNet::V4(LOOPBACK_V4),
        Ipv6Net::from(Ipv6Addr::LOCALHOST).into(),
    ];
    let loopback = loopback.map(|network| ProtectedNetwork {
        network,
        reason: GuardReason::Loopback,
    });
    let all: BTreeSet<ProtectedNetwork> = facts
        .protected()
        .chain(loopback)
        .chain(set.iter().copied())
        .collect();
    all.into_iter().collect()
}

/// A network in the one form that fail2ban would give it: host bits cut off, mapped IPv4 as IPv4.
pub(crate) fn canonical_network(network: IpNet) -> IpNet {
    const MAPPED_PREFIX_BITS: u8 = 96;
    let network = network.trunc();
    let IpNet::V6(six) = network else {
        return network;
    };
    six.addr()
        .to_ipv4_mapped()
        .zip(six.prefix_len().checked_sub(MAPPED_PREFIX_BITS))
        .and_then(|(address, prefix)| IpNet::new(IpAddr::V4(address), prefix).ok())
        .map_or(network, |four| four.trunc())
}

/// What banning `network` would cut off. `protected` is what [`Guard::protected`] gave.
pub(crate) fn hits(
    network: IpNet,
    requester: Option<IpAddr>,
    protected: &[ProtectedNetwork],
) -> Vec<GuardHit> {
    let network = canonical_network(network);
    let requester = requester.map(domain::canonical);
    let mut hits = Hits {
        network,
        found: Vec::new(),
    };
    let unspecified = match network {
        IpNet::V4(_) => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
        IpNet::V6(_) => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
    };
    if network.prefix_len() == 0 || network.contains(&unspecified) {
        hits.push(GuardReason::Everything, unspecified);
    }
    if let Some(address) = loopback_in(network) {
        hits.push(GuardReason::Loopback, address);
    }
    // What people have at the requester's own address is the requester's to give up: see `GuardReason::can_be_overridden`.
    let is_the_requesters = |protected: &ProtectedNetwork| {
        protected.reason.is_of_a_person()
            && requester.is_some_and(|own| protected.network == IpNet::from(own))
    };
    for protected in protected.iter().filter(|known| !is_the_requesters(known)) {
        hits.check(*protected);
    }
    if let Some(own) = requester {
        hits.check(ProtectedNetwork {
            network: own.into(),
            reason: GuardReason::Requester,
        });
    }
    hits.found
}

/// Whether these hits forbid the ban.
pub(crate) fn refuses(hits: &[GuardHit], confirmed: bool) -> bool {
    hits.iter()
        .any(|hit| !(confirmed && hit.reason.can_be_overridden()))
}

struct Hits {
    network: IpNet,
    found: Vec<GuardHit>,
}

impl Hits {
    fn push(&mut self, reason: GuardReason, address: IpAddr) {
        let hit = GuardHit { reason, address };
        let told = self.found.iter().filter(|known| known.reason == reason);
        if told.count() < MAX_HITS_PER_REASON && !self.found.contains(&hit) {
            self.found.push(hit);
        }
    }

    /// Loopback addresses are left to the loopback reason, which nothing lifts.
    fn check(&mut self, protected: ProtectedNetwork) {
        let first = if self.network.contains(&protected.network) {
            protected.network.network()
        } else if protected.network.contains(&self.network) {
            self.network.network()
        } else {
            return;
        };
        if !first.is_loopback() {
            self.push(protected.reason, first);
        }
    }
}

const LOOPBACK_V4: Ipv4Net = Ipv4Net::new_assert(Ipv4Addr::new(127, 0, 0, 0), 8);

/// An address of the loopback range that the network holds.
fn loopback_in(network: IpNet) -> Option<IpAddr> {
    match network {
        IpNet::V4(four) => {
            if LOOPBACK_V4.contains(&four) {
                Some(IpAddr::V4(four.network()))
            } else {
                four.contains(&LOOPBACK_V4)
                    .then_some(IpAddr::V4(Ipv4Addr::LOCALHOST))
            }
        }
        IpNet::V6(six) => six
            .contains(&Ipv6Net::from(Ipv6Addr::LOCALHOST))
            .then_some(IpAddr::V6(Ipv6Addr::LOCALHOST)),
    }
}

#[cfg(test)]
mod tests;
