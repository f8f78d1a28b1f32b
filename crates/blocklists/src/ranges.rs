//! Sets of addresses as sorted ranges: what networks become while they are merged and cut.
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, IpSubnets, Ipv4Subnets, Ipv6Subnets};

/// Addresses of one family from the first to the last, as numbers.
type Range = (u128, u128);

/// A set of addresses of each family: sorted ranges that neither meet nor touch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Ranges {
    v4: Vec<Range>,
    v6: Vec<Range>,
}

impl Ranges {
    /// All addresses of some networks.
    pub(crate) fn of(networks: impl IntoIterator<Item = IpNet>) -> Self {
        let (mut v4, mut v6) = (Vec::new(), Vec::new());
        for network in networks {
            match network {
                IpNet::V4(_) => v4.push(range(network)),
                IpNet::V6(_) => v6.push(range(network)),
            }
        }
        Self {
            v4: merged(v4),
            v6: merged(v6),
        }
    }

    /// Without the addresses of another set.
    pub(crate) fn without(&self, others: &Self) -> Self {
        Self {
            v4: difference(&self.v4, &others.v4),
            v6: difference(&self.v6, &others.v6),
        }
    }

    /// Whether any address of a network is in the set.
    pub(crate) fn meets(&self, network: IpNet) -> bool {
        let (first, last) = range(network);
        let ranges = match network {
            IpNet::V4(_) => &self.v4,
            IpNet::V6(_) => &self.v6,
        };
        let next = ranges.partition_point(|(_, end)| *end < first);
        ranges.get(next).is_some_and(|(begin, _)| *begin <= last)
    }

    /// The fewest networks that have these addresses and no others, in order, IPv4 first.
    pub(crate) fn networks(&self) -> Vec<IpNet> {
        let v4 = self.v4.iter().map(|(first, last)| {
            let (first, last) = (Ipv4Addr::from(low(*first)), Ipv4Addr::from(low(*last)));
            IpSubnets::from(Ipv4Subnets::new(first, last, 0))
        });
        let v6 = self.v6.iter().map(|(first, last)| {
            let (first, last) = (Ipv6Addr::from(*first), Ipv6Addr::from(*last));
            IpSubnets::from(Ipv6Subnets::new(first, last, 0))
        });
        v4.chain(v6).flatten().collect()
    }
}

/// The fewest networks that have the addresses of these and no others, in order, IPv4 first.
///
/// ```
/// let networks = ["192.0.2.0/25", "192.0.2.128/25", "192.0.2.7/32"].map(|text| text.parse().unwrap());
/// assert_eq!(blocklists::fewest(networks), ["192.0.2.0/24".parse().unwrap()]);
/// ```
#[must_use]
pub fn fewest(networks: impl IntoIterator<Item = IpNet>) -> Vec<IpNet> {
    Ranges::of(networks).networks()
}

/// The networks from one address to another of the same family; `None` where they are not in this order, or of two families.
pub(crate) fn between(first: IpAddr, last: IpAddr) -> Option<IpSubnets> {
    match (first, last) {
        (IpAddr::V4(first), IpAddr::V4(last)) if first <= last => {
            Some(Ipv4Subnets::new(first, last, 0).into())
        }
        (IpAddr::V6(first), IpAddr::V6(last)) if first <= last => {
            Some(Ipv6Subnets::new(first, last, 0).into())
        }
        _ => None,
    }
}

fn range(network: IpNet) -> Range {
    let number = |address| match address {
        IpAddr::V4(address) => u128::from(u32::from(address)),
        IpAddr::V6(address) => u128::from(address),
    };
    (number(network.network()), number(network.broadcast()))
}

/// An IPv4 address within its number.
#[expect(
    clippy::cast_possible_truncation,
    reason = "made of 32 bits by `range`, and cut at ranges of the same family only"
)]
const fn low(number: u128) -> u32 {
    number as u32
}

fn merged(mut ranges: Vec<Range>) -> Vec<Range> {
    ranges.sort_unstable();
    let mut whole: Vec<Range> = Vec::with_capacity(ranges.len());
    for (first, last) in ranges {
        match whole.last_mut() {
            // The next one begins within it, or right behind it.
            Some(before) if first <= before.1.saturating_add(1) => before.1 = before.1.max(last),
            _ => whole.push((first, last)),
        }
    }
    whole.shrink_to_fit();
    whole
}

/// Both sorted and merged; goes through each once.
fn difference(ranges: &[Range], others: &[Range]) -> Vec<Range> {
    let mut left = Vec::with_capacity(ranges.len());
    let mut others = others.iter().copied().peekable();
    for &(mut first, last) in ranges {
        while others.next_if(|other| other.1 < first).is_some() {}
        let mut is_whole = true;
        while let Some(&(begin, end)) = others.peek() {
            if begin > last {
                break;
            }
            if begin > first {
                left.push((first, begin - 1));
            }
            if end >= last {
                // It may cover the next range too.
                is_whole = false;
                break;
            }
            first = end + 1;
            others.next();
        }
        if is_whole {
            left.push((first, last));
        }
    }
    left
}

#[cfg(test)]
mod tests;
