//! What the lock-out guard refuses.
use std::net::IpAddr;

use serde::{Deserialize, Serialize};

/// Why banning something would cut off the people who run the machine, or the machine itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
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
    /// The address of the person who asks.
    Requester,
    /// The unspecified address, or a network that holds every address of its family.
    Everything,
}

impl GuardReason {
    /// Whether a second, explicit yes of the requester lifts the refusal.
    #[must_use]
    pub const fn can_be_overridden(self) -> bool {
        matches!(self, Self::Requester)
    }
}

/// One protected address that a ban would hit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GuardHit {
    /// What it is.
    pub reason: GuardReason,
    /// Which address would be hit.
    pub address: IpAddr,
}
