//! Into which lengths networks are cut, so that each length is one set.
//!
//! Not one set of intervals: while there is one, each `nft add element` of anybody, such as fail2ban's, reads all of it first. Beside 20,000 networks that took 57 ms
//! instead of 3, beside 109,000 it took 1.2 s. Nor do hashes depend on what a kernel thinks of intervals that touch, or end with the last address.
//!
//! Each length costs each packet 110 to 150 ns. So lengths of which there are few networks are cut into longer ones, as far as that makes half as many elements more.
use std::collections::BTreeMap;

use ipnet::IpNet;

use super::{
    element::Key,
    layout::Lengths,
    set::{Family, Made},
};

/// So many elements more are always allowed: they are nothing beside a table.
const FREE_ELEMENTS: u128 = 10_000;

/// To which length the networks of each length are cut.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Cut(BTreeMap<(Family, u8), Target>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Target {
    length: u8,
    /// How many networks there are of the length that is cut.
    networks: usize,
}

impl Cut {
    pub(super) fn of(networks: &[IpNet]) -> Self {
        let mut counts: BTreeMap<(Family, u8), usize> = BTreeMap::new();
        for network in networks {
            *counts.entry(place(network)).or_default() += 1;
        }
        let mut cut = Self::default();
        for family in Family::BOTH {
            let of_family = counts.iter().filter(|((of, _), _)| *of == family);
            let of_family: BTreeMap<u8, usize> = of_family
                .map(|((_, length), count)| (*length, *count))
                .collect();
            let targets = targets(&of_family);
            cut.0
                .extend(of_family.into_iter().map(|(length, networks)| {
                    let target = targets.get(&length).copied().unwrap_or(length);
                    let target = Target {
                        length: target,
                        networks,
                    };
                    ((family, length), target)
                }));
        }
        cut
    }

    /// The lengths into which all is cut.
    pub(super) fn lengths(&self) -> Lengths {
        let targets = self.0.iter();
        targets
            .map(|((family, _), target)| (*family, target.length))
            .collect()
    }

    /// Of what the set of a length is made.
    pub(super) fn made(&self, family: Family, length: u8) -> Made {
        let mut made = Made::default();
        for ((of, from), target) in &self.0 {
            if *of != family || target.length != length {
                continue;
            }
            made.elements += target.networks << (length - from);
            if *from == family.bits() {
                made.addresses += target.networks;
            } else {
                made.networks += target.networks;
            }
        }
        made
    }

    /// The first addresses of the networks that the set of a length holds, in order.
    pub(super) fn keys<'a>(
        &'a self,
        networks: &'a [IpNet],
        (family, length): (Family, u8),
    ) -> impl Iterator<Item = Key> + 'a {
        let step = 1_u128.checked_shl(u32::from(family.bits() - length));
        let belongs = move |network: &&IpNet| {
            let target = self.0.get(&place(network));
            Family::of(network) == family && target.is_some_and(|target| target.length == length)
        };
        networks.iter().filter(belongs).flat_map(move |network| {
            let first = Key::of(network.network());
            let parts = 1_u128 << (length - network.prefix_len());
            // A step over all addresses of IPv6 is none: there is one network then.
            let step = step.unwrap_or(0);
            (0..parts).map(move |part| Key {
                number: first.number + part * step,
                ..first
            })
        })
    }
}

fn place(network: &IpNet) -> (Family, u8) {
    (Family::of(network), network.prefix_len())
}

/// To which length each length is cut: the cheapest first, as long as it is cheap enough.
fn targets(counts: &BTreeMap<u8, usize>) -> BTreeMap<u8, u8> {
    let mut elements: BTreeMap<u8, u128> = counts
        .iter()
        .map(|(length, count)| (*length, *count as u128))
        .collect();
    let mut targets: BTreeMap<u8, u8> = counts.keys().map(|length| (*length, *length)).collect();
    let mut budget = (elements.values().sum::<u128>() / 2).max(FREE_ELEMENTS);
    loop {
        let neighbours = elements.iter().zip(elements.iter().skip(1));
        let costs = neighbours.filter_map(|((from, count), (to, _))| {
            let parts = 1_u128.checked_shl(u32::from(to - from))?;
            Some((count.checked_mul(parts - 1)?, *from, *to))
        });
        let Some((cost, from, to)) = costs.min().filter(|(cost, ..)| *cost <= budget) else {
            return targets;
        };
        budget -= cost;
        let moved = elements.remove(&from).unwrap_or(0) + cost;
        *elements.entry(to).or_default() += moved;
        for target in targets.values_mut().filter(|target| **target == from) {
            *target = to;
        }
    }
}

#[cfg(test)]
mod tests;
