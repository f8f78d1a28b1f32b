//! Help from the machine's own command line, without an agent or a server that runs: what blocks somebody, and letting them in.
//!
//! Nothing is remembered and nothing runs on. What one part does not do (fail2ban is down, the packet filter may not be read) is told of that part, and the others are done.
mod jails;
mod table;

use std::path::Path;

use domain::{BlockedBan, PathVerdict};
use fail2ban::Client;
use ipnet::IpNet;

use crate::{Timeouts, connection, firewall::PacketFilter};

pub use crate::FirewallConfig;

/// What a part of the machine told, or why it did not, in plain words.
pub type Told<T> = Result<T, String>;

/// A ban of a jail that holds somebody, or a part of the network that was asked about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct JailBan {
    /// The jail, as the daemon calls it. Hostile text.
    pub jail: String,
    /// Whom it bans.
    pub network: IpNet,
}

/// What BanGUI's own table holds of somebody.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct InTable {
    /// Bans made by hand.
    pub bans: Vec<BlockedBan>,
    /// Whether lists block what comes from there. Only asked of single addresses.
    pub blocked: bool,
    /// Whether lists block what goes there. Only asked of single addresses.
    pub blocked_out: bool,
    /// What lets it through, whatever else holds it. Only asked of single addresses.
    pub allowed: Vec<IpNet>,
}

/// What blocks somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Bans of fail2ban, in order.
    pub jails: Told<Vec<JailBan>>,
    /// BanGUI's own table.
    pub table: Told<InTable>,
    /// What the whole packet filter does with new packets, way by way. `None` for a network.
    pub verdicts: Option<Told<Vec<PathVerdict>>>,
}

/// What was done to let somebody in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LetIn {
    /// The jails that ignore it now, by name.
    pub jails: Told<Vec<String>>,
    /// Whether BanGUI's own table lets it through now. `false` where there is no such table, and nothing that it would block.
    pub table: Told<bool>,
}

/// See the module.
pub struct Rescue {
    client: Client,
    filter: PacketFilter,
}

impl Rescue {
    /// Nothing is asked yet.
    #[must_use]
    pub fn new(socket: &Path, firewall: FirewallConfig) -> Self {
        Self {
            client: connection::client(socket, &Timeouts::default()),
            filter: PacketFilter::new(firewall),
        }
    }

    /// What blocks an address, or has one in common with a network.
    pub async fn look(&self, network: IpNet) -> Found {
        Found {
            jails: jails::bans(&self.client, network).await,
            table: table::holds(&self.filter, network).await,
            verdicts: match single(network) {
                Some(address) => Some(self.filter.verdicts(address).await),
                None => None,
            },
        }
    }

    /// Ends every ban that holds an address, or has one in common with a network: in all jails, and made by hand in BanGUI's own table. What does so still is seen by [`Self::look`].
    ///
    /// # Errors
    /// What went wrong, part by part. A daemon that is down or a table that is not there ends nothing, and is an error only for the daemon.
    pub async fn unban(&self, network: IpNet) -> (Told<()>, Told<()>) {
        (
            jails::unban(&self.client, network).await,
            table::unban(&self.filter, network).await,
        )
    }

    /// Lets somebody through: the running jails ignore it, until fail2ban is started again, and BanGUI's own table lets it pass, until it is loaded anew. Bans are not ended by that.
    pub async fn let_through(&self, network: IpNet) -> LetIn {
        LetIn {
            jails: jails::ignore(&self.client, network).await,
            table: table::allow(&self.filter, network).await,
        }
    }
}

/// The address of a network of one.
fn single(network: IpNet) -> Option<std::net::IpAddr> {
    (network.prefix_len() == network.max_prefix_len()).then(|| network.addr())
}

/// Whether two networks have an address in common.
fn meet(one: IpNet, other: IpNet) -> bool {
    one.contains(&other) || other.contains(&one)
}
