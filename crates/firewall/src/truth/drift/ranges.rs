//! Arithmetic of addresses as numbers.
use std::net::{Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Subnets, Ipv6Subnets};

use super::ends;
use crate::truth::model::Version;

/// Ascending ranges that do not touch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Ranges(Vec<(u128, u128)>);

impl Ranges {
    pub(super) fn new(mut ranges: Vec<(u128, u128)>) -> Self {
        ranges.retain(|(first, last)| first <= last);
        ranges.sort_unstable();
        let mut merged: Vec<(u128, u128)> = Vec::with_capacity(ranges.len());
        for (first, last) in ranges {
            match merged.last_mut() {
                Some(before) if first <= before.1.saturating_add(1) => {
                    before.1 = before.1.max(last);
                }
                _ => merged.push((first, last)),
            }
        }
        Self(merged)
    }

    pub(super) fn of(networks: &[IpNet]) -> Self {
        Self::new(networks.iter().map(|network| ends(*network)).collect())
    }

    pub(super) fn add(&mut self, other: &Self) {
        let mut all = std::mem::take(&mut self.0);
        all.extend(&other.0);
        *self = Self::new(all);
    }

    /// Whether all addresses of the network are in it.
    pub(super) fn covers(&self, network: IpNet) -> bool {
        let (first, last) = ends(network);
        let behind = self.0.partition_point(|range| range.0 <= first);
        let before = behind.checked_sub(1).and_then(|place| self.0.get(place));
        before.is_some_and(|range| last <= range.1)
    }

    /// What is not in the other.
    pub(super) fn without(&self, other: &Self) -> Self {
        let mut rest = Vec::new();
        let mut taken = other.0.iter().peekable();
        for &(first, last) in &self.0 {
            let mut next = Some(first);
            while let Some(&&(from, to)) = taken.peek() {
                let Some(begin) = next.filter(|_| from <= last) else {
                    break;
                };
                if begin < from {
                    rest.push((begin, from - 1));
                }
                // It may reach into the next range too.
                if to > last {
                    next = None;
                    break;
                }
                next = to.checked_add(1).map(|behind| behind.max(begin));
                taken.next();
            }
            if let Some(begin) = next.filter(|begin| *begin <= last) {
                rest.push((begin, last));
            }
        }
        Self(rest)
    }

    /// The fewest networks.
    pub(super) fn networks(&self, version: Version) -> Vec<IpNet> {
        let networks = self.0.iter().flat_map(|&(first, last)| match version {
            Version::Four => match (u32::try_from(first), u32::try_from(last)) {
                (Ok(first), Ok(last)) => {
                    let ends = (Ipv4Addr::from_bits(first), Ipv4Addr::from_bits(last));
                    Ipv4Subnets::new(ends.0, ends.1, 0)
                        .map(IpNet::from)
                        .collect()
                }
                _ => Vec::new(),
            },
            Version::Six => {
                let ends = (Ipv6Addr::from_bits(first), Ipv6Addr::from_bits(last));
                Ipv6Subnets::new(ends.0, ends.1, 0)
                    .map(IpNet::from)
                    .collect()
            }
        });
        networks.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nets(texts: &[&str]) -> Vec<IpNet> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[test]
    fn without_leaves_what_the_other_has_not() {
        for (one, other, rest) in [
            (vec!["10.0.0.0/30"], vec![], vec!["10.0.0.0/30"]),
            (vec!["10.0.0.0/30"], vec!["10.0.0.0/8"], vec![]),
            (
                vec!["10.0.0.0/30"],
                vec!["10.0.0.1/32"],
                vec!["10.0.0.0/32", "10.0.0.2/31"],
            ),
            (
                vec!["10.0.0.0/31", "10.0.0.8/31"],
                vec!["10.0.0.1/32", "10.0.0.2/31", "10.0.0.8/32"],
                vec!["10.0.0.0/32", "10.0.0.9/32"],
            ),
            (
                vec!["10.0.0.0/32", "10.0.0.4/32"],
                vec!["10.0.0.0/29"],
                vec![],
            ),
            (vec!["0.0.0.0/0"], vec!["0.0.0.0/1", "128.0.0.0/1"], vec![]),
        ] {
            let left = Ranges::of(&nets(&one)).without(&Ranges::of(&nets(&other)));
            assert_eq!(
                left.networks(Version::Four),
                nets(&rest),
                "{one:?} {other:?}"
            );
        }
        let all = Ranges::of(&nets(&["::/0"]));
        assert_eq!(all.without(&all), Ranges::default());
        let half = Ranges::of(&nets(&["8000::/1"]));
        assert_eq!(all.without(&half).networks(Version::Six), nets(&["::/1"]));
    }

    #[test]
    fn covers_networks_whose_addresses_are_all_there() {
        let held = Ranges::of(&nets(&["10.0.0.0/31", "10.0.0.2/31", "10.0.0.9/32"]));
        for (network, covered) in [
            ("10.0.0.0/30", true),
            ("10.0.0.3/32", true),
            ("10.0.0.0/29", false),
            ("10.0.0.9/32", true),
            ("10.0.0.8/31", false),
            ("9.255.255.255/32", false),
        ] {
            assert_eq!(held.covers(network.parse().unwrap()), covered, "{network}");
        }
    }
}
