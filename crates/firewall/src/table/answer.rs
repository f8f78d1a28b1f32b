//! What a table says about itself.
use std::{net::IpAddr, time::Duration};

use ipnet::IpNet;

use super::{Ban, ContentHash};

/// By what a table is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Backend {
    /// A table of nftables.
    Nftables,
    /// Sets of ipset, and chains of iptables that ask them.
    Ipset,
}

/// What a load did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Loaded {
    /// Whether anything in the kernel was changed.
    pub changed: bool,
    /// How many blocked networks are in force now, of both directions.
    pub networks: usize,
    /// How long it took.
    pub took: Duration,
}

/// How many networks a list has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Single IPv4 addresses.
    pub addresses_v4: usize,
    /// Wider IPv4 networks.
    pub networks_v4: usize,
    /// Single IPv6 addresses.
    pub addresses_v6: usize,
    /// Wider IPv6 networks.
    pub networks_v6: usize,
}

impl Counts {
    /// Of all kinds.
    #[must_use]
    pub const fn total(&self) -> usize {
        self.addresses_v4 + self.networks_v4 + self.addresses_v6 + self.networks_v6
    }
}

/// What is in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct State {
    /// Of the content that was loaded last.
    pub hash: ContentHash,
    /// Counts the loads that changed the blocked networks.
    pub generation: u64,
    /// What is dropped when it comes from there.
    pub blocked: Counts,
    /// What is dropped when it goes there.
    pub blocked_out: Counts,
    /// How many networks are allowed.
    pub allowed: usize,
    /// How many networks are banned by hand.
    pub bans: usize,
}

/// Packets and their bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counter {
    /// Packets.
    pub packets: u64,
    /// Their bytes, with the headers of IP.
    pub bytes: u64,
}

/// What was dropped from one address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AddressHits {
    /// The sender.
    pub address: IpAddr,
    /// Since it was heard first; forgotten after a day in which it was not heard.
    pub dropped: Counter,
}

/// What was dropped, since the table was first loaded.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Hits {
    /// What came in.
    pub incoming: Counter,
    /// What was to go out.
    pub outgoing: Counter,
    /// By sender, in no order: the first 65,536 of each family of the last day.
    pub by_address: Vec<AddressHits>,
}

/// Where a table holds an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Where {
    /// In the networks that are never dropped.
    Allowed {
        /// The network.
        network: IpNet,
    },
    /// In the networks that are banned by hand.
    Banned(Ban),
    /// In the networks that are dropped when they come in.
    Blocked,
    /// In the networks that are dropped when they go out.
    BlockedOut,
}

/// A list of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum List {
    /// What is dropped when it comes in.
    Blocked,
    /// What is dropped when it goes out.
    BlockedOut,
    /// What is never dropped.
    Allowed,
    /// What is banned by hand.
    Bans,
}

/// A difference between what a table should hold and what it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Drift {
    /// The table is not there at all.
    NoTable,
    /// The table was put to sleep: nothing is dropped.
    Asleep,
    /// A chain is not there, or is called elsewhere or otherwise.
    Chain {
        /// Its name.
        name: String,
    },
    /// The rules of a chain are not those that were loaded.
    Rules {
        /// The chain's name.
        chain: String,
    },
    /// A set is not there, or of another kind.
    Set {
        /// Its name.
        name: String,
    },
    /// What should be in a list and is not.
    Missing {
        /// The list.
        list: List,
        /// The first of them.
        examples: Vec<IpNet>,
        /// How many networks; a part of a network counts as one.
        count: usize,
    },
    /// What is in a list and should not be.
    Excess {
        /// The list.
        list: List,
        /// The first of them.
        examples: Vec<IpNet>,
        /// How many networks; a part of a network counts as one.
        count: usize,
    },
}
