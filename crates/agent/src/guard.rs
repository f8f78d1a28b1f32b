//! The lock-out guard: what must not be banned, whoever asks.
mod facts;
mod routes;

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    sync::Arc,
    time::{Duration, Instant},
};

use domain::{GuardHit, GuardReason, HostError};
use ipnet::{IpNet, Ipv4Net, Ipv6Net};

pub use facts::{Facts, FactsSource, MachineFacts};

/// What the guard goes by.
#[derive(Clone)]
pub struct GuardConfig {
    /// Where the machine's addresses come from.
    pub facts: Arc<dyn FactsSource>,
    /// How old they may be; addresses come and go with leases and tunnels.
    pub refresh: Duration,
}

impl Default for GuardConfig {
    fn default() -> Self {
        Self {
            facts: Arc::new(MachineFacts::default()),
            refresh: Duration::from_secs(30),
        }
    }
}

/// The guard with the facts it last read.
pub(crate) struct Guard {
    config: GuardConfig,
    last: tokio::sync::Mutex<Option<(Instant, Arc<Facts>)>>,
}

impl Guard {
    pub(crate) fn new(config: GuardConfig) -> Self {
        Self {
            config,
            last: tokio::sync::Mutex::new(None),
        }
    }

    /// The machine's addresses, read again when they are old. One reader reads, the others wait for it.
    ///
    /// # Errors
    /// `GuardBlind` when they cannot be read and never were.
    pub(crate) async fn facts(&self) -> Result<Arc<Facts>, HostError> {
        let mut last = self.last.lock().await;
        if let Some((read, facts)) = &*last
            && read.elapsed() < self.config.refresh
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

/// What banning `network` would cut off.
pub(crate) fn hits(network: IpNet, requester: Option<IpAddr>, facts: &Facts) -> Vec<GuardHit> {
    let network = canonical_network(network);
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
    hits.check(GuardReason::OwnAddress, &facts.own);
    hits.check(GuardReason::Gateway, &facts.gateways);
    hits.check(GuardReason::NameServer, &facts.name_servers);
    hits.check(GuardReason::Requester, requester.as_slice());
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
        if !self.found.contains(&hit) {
            self.found.push(hit);
        }
    }

    /// Loopback addresses are left to the loopback reason, which nothing lifts.
    fn check(&mut self, reason: GuardReason, protected: &[IpAddr]) {
        let network = self.network;
        for address in protected.iter().map(|a| domain::canonical(*a)) {
            if !address.is_loopback() && network.contains(&address) {
                self.push(reason, address);
            }
        }
    }
}

/// An address of the loopback range that the network holds.
fn loopback_in(network: IpNet) -> Option<IpAddr> {
    match network {
        IpNet::V4(four) => {
            let range = Ipv4Net::new_assert(Ipv4Addr::new(127, 0, 0, 0), 8);
            if range.contains(&four) {
                Some(IpAddr::V4(four.network()))
            } else {
                four.contains(&range)
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
