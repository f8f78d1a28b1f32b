//! By what networks are told apart into sets.
use ipnet::IpNet;

/// IPv4 or IPv6.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Family {
    V4,
    V6,
}

impl Family {
    pub(super) const BOTH: [Self; 2] = [Self::V4, Self::V6];

    pub(super) const fn of(network: &IpNet) -> Self {
        match network {
            IpNet::V4(_) => Self::V4,
            IpNet::V6(_) => Self::V6,
        }
    }

    /// The length of an address in bytes.
    pub(super) const fn bytes(self) -> u8 {
        match self {
            Self::V4 => 4,
            Self::V6 => 16,
        }
    }

    /// The length of an address in bits.
    pub(super) const fn bits(self) -> u8 {
        self.bytes() * 8
    }

    /// In the names of sets.
    pub(super) const fn digit(self) -> char {
        match self {
            Self::V4 => '4',
            Self::V6 => '6',
        }
    }
}

/// Which way packets go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Direction {
    In,
    Out,
}

/// Lists whose networks come and go one by one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Single {
    Allowed,
    Banned,
}

impl Single {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Banned => "banned",
        }
    }
}

/// How wide the networks of a set are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Width {
    /// Single addresses, in a hash: several times faster than networks, to load as well as to ask.
    Addresses,
    /// Wider networks.
    Networks,
}

impl Width {
    pub(super) const BOTH: [Self; 2] = [Self::Addresses, Self::Networks];

    pub(super) fn has(self, network: &IpNet) -> bool {
        let single = network.prefix_len() == network.max_prefix_len();
        single == matches!(self, Self::Addresses)
    }
}

/// A part of the blocked networks of one load.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Part {
    pub(super) direction: Direction,
    pub(super) family: Family,
    pub(super) width: Width,
}

impl Part {
    /// The parts in one direction.
    pub(super) fn all(direction: Direction) -> impl Iterator<Item = Self> {
        Family::BOTH.into_iter().flat_map(move |family| {
            Width::BOTH.into_iter().map(move |width| Self {
                direction,
                family,
                width,
            })
        })
    }
}
