//! Sets of addresses as sorted ranges: what networks become while they are merged, cut and searched.
use std::net::IpAddr;

use ipnet::{IpNet, IpSubnets, Ipv4Subnets, Ipv6Subnets};

/// Addresses of one family from the first to the last, as numbers of that family's width.
type Range<N> = (N, N);

/// A set of addresses of each family: sorted ranges that neither meet nor touch. A range of IPv4 takes 8 bytes, one of IPv6 32.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ranges {
    v4: Vec<Range<u32>>,
    v6: Vec<Range<u128>>,
}

/// How many addresses, by family: one network of IPv6 has more than all of IPv4.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Addresses {
    /// Of IPv4.
    pub v4: u64,
    /// Of IPv6; one too few for all of them.
    pub v6: u128,
}

impl Addresses {
    /// Of both; as many as there is a number for.
    #[must_use]
    pub fn total(self) -> u128 {
        self.v6.saturating_add(u128::from(self.v4))
    }
}

impl Ranges {
    /// All addresses of some networks.
    #[must_use]
    pub fn of(networks: impl IntoIterator<Item = IpNet>) -> Self {
        let mut ranges = Self::default();
        for network in networks {
            ranges.push(network);
        }
        ranges.merge();
        ranges
    }

    /// Adds a network without keeping the order; [`Ranges::merge`] makes it a set again.
    pub(crate) fn push(&mut self, network: IpNet) {
        match network {
            IpNet::V4(network) => self
                .v4
                .push((network.network().into(), network.broadcast().into())),
            IpNet::V6(network) => self
                .v6
                .push((network.network().into(), network.broadcast().into())),
        }
    }

    pub(crate) fn merge(&mut self) {
        merge(&mut self.v4);
        merge(&mut self.v6);
    }

    /// Whether an address is in the set. IPv4 within IPv6 is IPv4.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        match address.to_canonical() {
            IpAddr::V4(address) => meets(&self.v4, (address.into(), address.into())),
            IpAddr::V6(address) => meets(&self.v6, (address.into(), address.into())),
        }
    }

    /// Whether any address of a network is in the set.
    #[must_use]
    pub fn meets(&self, network: IpNet) -> bool {
        match network {
            IpNet::V4(network) => meets(
                &self.v4,
                (network.network().into(), network.broadcast().into()),
            ),
            IpNet::V6(network) => meets(
                &self.v6,
                (network.network().into(), network.broadcast().into()),
            ),
        }
    }

    /// Without the addresses of another set.
    #[must_use]
    pub fn without(&self, others: &Self) -> Self {
        Self {
            v4: difference(&self.v4, &others.v4),
            v6: difference(&self.v6, &others.v6),
        }
    }

    /// How many addresses both sets have.
    #[must_use]
    pub fn overlap(&self, others: &Self) -> Addresses {
        Addresses {
            v4: overlap(&self.v4, &others.v4).fold(0, |sum, (first, last)| {
                sum + u64::from(last) - u64::from(first) + 1
            }),
            v6: overlap(&self.v6, &others.v6).fold(0, count_v6),
        }
    }

    /// How many addresses are in the set.
    #[must_use]
    pub fn addresses(&self) -> Addresses {
        self.overlap(self)
    }

    /// Whether no address is in the set.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.v4.is_empty() && self.v6.is_empty()
    }

    /// How much memory the set takes.
    #[must_use]
    pub const fn bytes(&self) -> usize {
        self.v4.capacity() * size_of::<Range<u32>>() + self.v6.capacity() * size_of::<Range<u128>>()
    }

    /// The fewest networks that have these addresses and no others, in order, IPv4 first.
    #[must_use]
    pub fn networks(&self) -> Vec<IpNet> {
        let networks = || {
            let v4 = self.v4.iter().map(|(first, last)| {
                IpSubnets::from(Ipv4Subnets::new((*first).into(), (*last).into(), 0))
            });
            let v6 = self.v6.iter().map(|(first, last)| {
                IpSubnets::from(Ipv6Subnets::new((*first).into(), (*last).into(), 0))
            });
            v4.chain(v6).flatten()
        };
        // Counted first: a vector that grows while it is filled takes twice as much.
        let mut all = Vec::with_capacity(networks().count());
        all.extend(networks());
        all
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

/// An address as a number, and its neighbours.
trait Number: Copy + Ord {
    /// The next one; the last one itself.
    fn next(self) -> Self;
    /// The one before; the first one itself.
    fn previous(self) -> Self;
}

impl Number for u32 {
    fn next(self) -> Self {
        self.saturating_add(1)
    }
    fn previous(self) -> Self {
        self.saturating_sub(1)
    }
}

impl Number for u128 {
    fn next(self) -> Self {
        self.saturating_add(1)
    }
    fn previous(self) -> Self {
        self.saturating_sub(1)
    }
}

/// In place, since a copy of a large list would be as large.
fn merge<N: Number>(ranges: &mut Vec<Range<N>>) {
    ranges.sort_unstable();
    ranges.dedup_by(|next, before| {
        // It begins within the one before, or right behind it.
        let touches = next.0 <= before.1.next();
        if touches {
            before.1 = before.1.max(next.1);
        }
        touches
    });
    ranges.shrink_to_fit();
}

fn meets<N: Number>(ranges: &[Range<N>], (first, last): Range<N>) -> bool {
    let next = ranges.partition_point(|(_, end)| *end < first);
    ranges.get(next).is_some_and(|(begin, _)| *begin <= last)
}

/// Both sorted and merged; goes through each once.
fn difference<N: Number>(ranges: &[Range<N>], others: &[Range<N>]) -> Vec<Range<N>> {
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
                left.push((first, begin.previous()));
            }
            if end >= last {
                // It may cover the next range too.
                is_whole = false;
                break;
            }
            first = end.next();
            others.next();
        }
        if is_whole {
            left.push((first, last));
        }
    }
    left
}

/// The ranges that both have. Both sorted and merged; goes through each once.
fn overlap<N: Number>(ranges: &[Range<N>], others: &[Range<N>]) -> impl Iterator<Item = Range<N>> {
    let (mut ranges, mut others) = (ranges.iter().peekable(), others.iter().peekable());
    std::iter::from_fn(move || {
        loop {
            let (&&(first, last), &&(begin, end)) = (ranges.peek()?, others.peek()?);
            if last <= end {
                ranges.next();
            } else {
                others.next();
            }
            let both = (first.max(begin), last.min(end));
            if both.0 <= both.1 {
                return Some(both);
            }
        }
    })
}

/// All addresses are one more than there is a number for.
const fn count_v6(sum: u128, (first, last): Range<u128>) -> u128 {
    sum.saturating_add((last - first).saturating_add(1))
}

#[cfg(test)]
mod tests;
