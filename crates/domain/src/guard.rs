//! What the lock-out guard refuses.
use std::net::IpAddr;

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

/// The most networks that [`crate::HostActs::set_protected`] takes.
pub const MAX_PROTECTED_NETWORKS: usize = 10_000;

/// Why banning something would cut off the people who run the machine, or the machine itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum GuardReason {
    /// The loopback range.
    Loopback,
    /// An address of one of the machine's interfaces.
    OwnAddress,
    /// A gateway of the machine.
    Gateway,
    /// A name server that the machine uses.
    NameServer,
    /// An address from which somebody is logged in to the machine, mostly by SSH.
    SshSession,
    /// A proxy through which people reach BanGUI.
    Proxy,
    /// An address from which somebody is signed in to BanGUI.
    SignedIn,
    /// On the allowlist.
    Allowlisted,
    /// The address of the person who asks.
    Requester,
    /// The unspecified address, or a network that holds every address of its family.
    Everything,
}

impl GuardReason {
    /// Whether a second, explicit yes of the requester lifts the refusal.
    ///
    /// It lifts it for the requester's own address alone. That people are logged in or signed in from that very address is then no reason of its own: whoever
    /// says yes gives up what they have there, and need not end their sessions first. Somebody else's session is not theirs to give up.
    #[must_use]
    pub const fn can_be_overridden(self) -> bool {
        matches!(self, Self::Requester)
    }

    /// Whether it protects the place where a person sits, rather than something that the machine needs or that was decided.
    #[must_use]
    pub const fn is_of_a_person(self) -> bool {
        matches!(self, Self::SshSession | Self::SignedIn | Self::Requester)
    }
}

/// One protected address that a ban would hit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GuardHit {
    /// What it is.
    pub reason: GuardReason,
    /// Which address would be hit; the first of them where a whole network is protected.
    pub address: IpAddr,
}

/// A network no part of which may be banned. The order is by reason, then by network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProtectedNetwork {
    /// Why.
    pub reason: GuardReason,
    /// The network; a single address has the full prefix length.
    pub network: IpNet,
}
