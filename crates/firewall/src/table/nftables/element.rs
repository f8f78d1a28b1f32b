//! Elements of sets: networks by their first address, and back.
use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    time::Duration,
};

use ipnet::IpNet;

use super::{
    expression::Expression,
    number::{LIST_ELEMENT, element},
    set::milliseconds,
};
use crate::{
    netlink::{Attributes, Body},
    table::{Counter, kind::Family},
};

/// An address as the kernel orders them: by the bytes of the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Key {
    pub(super) family: Family,
    /// The address as a number.
    pub(super) number: u128,
}

impl Key {
    pub(super) fn of(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(v4) => Self {
                family: Family::V4,
                number: u128::from(v4.to_bits()),
            },
            IpAddr::V6(v6) => Self {
                family: Family::V6,
                number: v6.to_bits(),
            },
        }
    }

    pub(super) fn address(self) -> IpAddr {
        match self.family {
            Family::V4 => {
                // The number came from four bytes.
                let low = u32::try_from(self.number).unwrap_or(u32::MAX);
                IpAddr::V4(Ipv4Addr::from_bits(low))
            }
            Family::V6 => IpAddr::V6(Ipv6Addr::from_bits(self.number)),
        }
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        match bytes.len() {
            4 => Some(Self::of(IpAddr::V4(
                <[u8; 4]>::try_from(bytes).ok()?.into(),
            ))),
            16 => Some(Self::of(IpAddr::V6(
                <[u8; 16]>::try_from(bytes).ok()?.into(),
            ))),
            _ => None,
        }
    }

    /// The network of this address and a length.
    pub(super) fn network(self, length: u8) -> Option<IpNet> {
        IpNet::new(self.address(), length)
            .ok()
            .map(|network| network.trunc())
    }
}

/// An element as it is told to the kernel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Element {
    pub(super) key: Key,
    pub(super) timeout: Option<Duration>,
}

impl Element {
    pub(super) const fn plain(key: Key) -> Self {
        Self { key, timeout: None }
    }

    /// The network's first address, in a set of networks of its length.
    pub(super) fn first(network: &IpNet) -> Self {
        Self::plain(Key::of(network.network()))
    }

    pub(super) fn write(&self, list: &mut Body) {
        list.nest(LIST_ELEMENT, |body| {
            body.nest(element::KEY, |key| match self.key.address() {
                IpAddr::V4(v4) => key.put(element::VALUE, &v4.octets()),
                IpAddr::V6(v6) => key.put(element::VALUE, &v6.octets()),
            });
            if let Some(timeout) = self.timeout {
                body.put_u64(element::TIMEOUT, milliseconds(timeout));
            }
        });
    }
}

/// An element as the kernel tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Held {
    pub(super) key: Key,
    pub(super) remaining: Option<Duration>,
    pub(super) counter: Option<Counter>,
}

impl Held {
    /// Those of one message.
    pub(super) fn read_all(message: Attributes<'_>) -> impl Iterator<Item = Self> {
        message
            .within(element::ELEMENTS)
            .each()
            .filter_map(|(_, bytes)| Self::read(Attributes::new(bytes)))
    }

    fn read(attributes: Attributes<'_>) -> Option<Self> {
        let counter = attributes
            .get(element::EXPRESSION)
            .or_else(|| attributes.within(element::EXPRESSIONS).get(LIST_ELEMENT));
        Some(Self {
            key: Key::read(attributes.within(element::KEY).get(element::VALUE)?)?,
            remaining: attributes
                .u64(element::EXPIRATION)
                .map(Duration::from_millis),
            counter: counter.and_then(|bytes| Expression::counted(Attributes::new(bytes))),
        })
    }
}

#[cfg(test)]
mod tests;
