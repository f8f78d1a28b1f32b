//! Whether a new copy of a list is taken as it comes, and what changed.
use std::cmp::Ordering;

use ipnet::IpNet;

use crate::ranges::Addresses;

/// Lists with fewer entries are judged as though they had so many: a few more or less are nothing there.
const SMALL: usize = 20;

/// A list may come to cover so many addresses of IPv4 more or fewer, whatever it was: a /20.
const LITTLE_V4: u64 = 1 << 12;
/// So many /64s of IPv6: a /48, as one site has.
const LITTLE_V6: u64 = 1 << 16;

/// The addresses of IPv4 that are not special, of which machines on the internet have some.
const PUBLIC_V4: u64 = 3_702_258_432;
/// The addresses of IPv6 that are given out, `2000::/3`, in /64s.
const PUBLIC_V6: u64 = 1 << 61;

/// Nobody's list of attackers covers a sixteenth of the internet: the widest of the catalogue, `FireHOL` level 1, covers less than a hundredth once what is special is out.
/// Of the lists of whole countries only those of the United States and China do; each asks once, and again with each further sixteenth.
const MUCH_V4: u64 = PUBLIC_V4 / 16;
/// As many /64s as a /17 has: about a sixteenth of what the registries have given out to this day, some 400,000 times a /32.
const MUCH_V6: u64 = 1 << 47;

/// How much a copy blocks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Extent {
    /// Networks, merged to the fewest.
    pub networks: usize,
    /// All their addresses.
    pub addresses: Addresses,
}

/// What part of the public addresses some are, from 0 to 1.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Share {
    /// Of IPv4, without what is special.
    pub v4: f64,
    /// Of IPv6 that is given out, `2000::/3`.
    pub v6: f64,
}

impl Extent {
    /// Of networks without an address in common, as [`crate::Guarded`] and [`crate::fewest`] give them.
    #[must_use]
    pub fn of(networks: &[IpNet]) -> Self {
        let mut addresses = Addresses::default();
        for network in networks {
            let host_bits = u32::from(network.max_prefix_len() - network.prefix_len());
            match network {
                IpNet::V4(_) => addresses.v4 = addresses.v4.saturating_add(1 << host_bits),
                IpNet::V6(_) => {
                    let each = 1_u128.checked_shl(host_bits).unwrap_or(u128::MAX);
                    addresses.v6 = addresses.v6.saturating_add(each);
                }
            }
        }
        Self {
            networks: networks.len(),
            addresses,
        }
    }
}

impl Addresses {
    /// What part of the public addresses these are.
    #[must_use]
    #[expect(
        clippy::cast_precision_loss,
        reason = "a share that is shown has a few digits"
    )]
    pub fn share(self) -> Share {
        Share {
            v4: self.v4 as f64 / PUBLIC_V4 as f64,
            v6: self.v6_sites() as f64 / PUBLIC_V6 as f64,
        }
    }

    /// How many /64s of IPv6: single addresses of one customer are no more than that customer.
    fn v6_sites(self) -> u64 {
        u64::try_from(self.v6.div_ceil(1 << 64)).unwrap_or(u64::MAX)
    }
}

/// What is to be done with a new copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judgement {
    /// It is taken.
    Take,
    /// A person is to say yes first; the last good copy stays in force.
    Ask(Doubt),
}

/// Why a new copy is not what one expects. Counts are networks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Doubt {
    /// Nothing is left of it. At a first import this is an error and no question.
    #[error("the list is empty")]
    Empty,
    /// Fewer than half of what it was.
    #[error("the list has shrunk from {from} to {to} networks")]
    ShrankBelowHalf {
        /// In the last good copy.
        from: usize,
        /// In the new one.
        to: usize,
    },
    /// More than three times what it was.
    #[error("the list has grown from {from} to {to} networks")]
    GrewOverThreefold {
        /// In the last good copy.
        from: usize,
        /// In the new one.
        to: usize,
    },
    /// It covers fewer than half of the addresses that it did.
    #[error("the list covers less than half of the addresses that it covered")]
    CoversBelowHalf,
    /// It covers more than three times the addresses that it did.
    #[error("the list covers more than three times the addresses that it covered")]
    CoversOverThreefold,
    /// It covers a sixteenth of the internet, or one sixteenth more than it did.
    #[error("the list covers more of the internet than a list of attackers does")]
    CoversTooMuch,
}

/// Judges a new copy by how much the last good one blocked; `None` is a first import, which is taken unless it is empty or covers too much.
#[must_use]
pub fn judge(last_good: Option<Extent>, new: Extent) -> Judgement {
    let count = last_good.map(|last| last.networks);
    match count {
        Some(0) if new.networks == 0 => return Judgement::Take,
        _ if new.networks == 0 => return Judgement::Ask(Doubt::Empty),
        _ => {}
    }
    let doubt = covers_too_much(last_good.unwrap_or_default(), new)
        .or_else(|| last_good.and_then(|last| by_networks(last.networks, new.networks)))
        .or_else(|| last_good.and_then(|last| by_addresses(last.addresses, new.addresses)));
    doubt.map_or(Judgement::Take, Judgement::Ask)
}

/// By whole sixteenths: who adds a little each day is asked, too.
fn covers_too_much(last: Extent, new: Extent) -> Option<Doubt> {
    let (last, new) = (last.addresses, new.addresses);
    let is_more = new.v4 / MUCH_V4 > last.v4 / MUCH_V4
        || new.v6_sites() / MUCH_V6 > last.v6_sites() / MUCH_V6;
    is_more.then_some(Doubt::CoversTooMuch)
}

fn by_networks(from: usize, to: usize) -> Option<Doubt> {
    if to < from.div_ceil(2) && from >= SMALL {
        return Some(Doubt::ShrankBelowHalf { from, to });
    }
    let is_over = to > from.max(SMALL).saturating_mul(3);
    is_over.then_some(Doubt::GrewOverThreefold { from, to })
}

/// A few wide networks block more than thousands of single addresses.
fn by_addresses(from: Addresses, to: Addresses) -> Option<Doubt> {
    let families = [
        (from.v4, to.v4, LITTLE_V4),
        (from.v6_sites(), to.v6_sites(), LITTLE_V6),
    ];
    if families
        .iter()
        .any(|(from, to, little)| *to > from.saturating_mul(3) && to - from > *little)
    {
        return Some(Doubt::CoversOverThreefold);
    }
    let is_below = families
        .iter()
        .any(|(from, to, little)| *to < from.div_ceil(2) && from - to > *little);
    is_below.then_some(Doubt::CoversBelowHalf)
}

/// What a new copy has more and fewer, network by network.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Difference {
    /// Networks that only the new copy has.
    pub added: Vec<IpNet>,
    /// Networks that only the old copy has.
    pub removed: Vec<IpNet>,
}

impl Difference {
    /// Whether both copies are the same.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty()
    }
}

/// Compares two sets, each in order and without repetition, as [`crate::Guarded`] and [`crate::fewest`] give them.
#[must_use]
pub fn difference(old: &[IpNet], new: &[IpNet]) -> Difference {
    let mut difference = Difference::default();
    let (mut old, mut new) = (old.iter().peekable(), new.iter().peekable());
    loop {
        let order = match (old.peek(), new.peek()) {
            (Some(old), Some(new)) => old.cmp(new),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => return difference,
        };
        if order.is_le() {
            let network = old.next().filter(|_| order.is_lt());
            difference.removed.extend(network);
        }
        if order.is_ge() {
            let network = new.next().filter(|_| order.is_gt());
            difference.added.extend(network);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn copy_is_judged_by_what_it_was() {
        let shrank = |from, to| Judgement::Ask(Doubt::ShrankBelowHalf { from, to });
        let grew = |from, to| Judgement::Ask(Doubt::GrewOverThreefold { from, to });
        let empty = Judgement::Ask(Doubt::Empty);
        let table = [
            (None, 0, empty),
            (None, 1, Judgement::Take),
            (None, 1_000_000, Judgement::Take),
            (Some(0), 0, Judgement::Take),
            (Some(1), 0, empty),
            (Some(1_000), 0, empty),
            (Some(1_000), 500, Judgement::Take),
            (Some(1_000), 499, shrank(1_000, 499)),
            (Some(1_001), 501, Judgement::Take),
            (Some(1_001), 500, shrank(1_001, 500)),
            (Some(1_000), 3_000, Judgement::Take),
            (Some(1_000), 3_001, grew(1_000, 3_001)),
            // Small ones.
            (Some(19), 1, Judgement::Take),
            (Some(20), 10, Judgement::Take),
            (Some(20), 9, shrank(20, 9)),
            (Some(1), 60, Judgement::Take),
            (Some(0), 60, Judgement::Take),
            (Some(0), 61, grew(0, 61)),
            (Some(usize::MAX), usize::MAX, Judgement::Take),
        ];
        for (last_good, new, judgement) in table {
            let of = |networks| Extent {
                networks,
                addresses: Addresses::default(),
            };
            assert_eq!(
                judge(last_good.map(of), of(new)),
                judgement,
                "{last_good:?} {new}"
            );
        }
    }

    fn extent(networks: usize, v4: u64, v6_sites: u64) -> Extent {
        Extent {
            networks,
            addresses: Addresses {
                v4,
                v6: u128::from(v6_sites) << 64,
            },
        }
    }

    #[test]
    fn copy_is_judged_by_the_addresses_it_covers() {
        let more = Judgement::Ask(Doubt::CoversOverThreefold);
        let fewer = Judgement::Ask(Doubt::CoversBelowHalf);
        let table = [
            // 20 times a /24, and 20 single addresses.
            ((5_120, 0), (15_360, 0), Judgement::Take),
            ((5_120, 0), (15_361, 0), more),
            ((5_120, 0), (2_000, 0), Judgement::Take),
            ((5_120, 0), (20, 0), fewer),
            ((10_000, 0), (5_000, 0), Judgement::Take),
            ((10_000, 0), (4_999, 0), fewer),
            ((0, 0), (4_096, 0), Judgement::Take),
            ((0, 0), (4_097, 0), more),
            ((0, 1 << 17), (0, 3 << 17), Judgement::Take),
            ((0, 1 << 17), (0, (3 << 17) + 1), more),
            ((0, 1 << 18), (0, 1 << 10), fewer),
            ((5_120, 0), (5_120, 1 << 16), Judgement::Take),
            ((5_120, 0), (5_120, 1 << 32), more),
        ];
        for ((v4, v6), (new_v4, new_v6), judgement) in table {
            let judged = judge(Some(extent(20, v4, v6)), extent(20, new_v4, new_v6));
            assert_eq!(judged, judgement, "{v4} {v6} -> {new_v4} {new_v6}");
        }
    }

    #[test]
    fn copy_that_covers_a_sixteenth_of_the_internet_asks_also_when_it_is_the_first() {
        let much = Judgement::Ask(Doubt::CoversTooMuch);
        let table = [
            (None, (MUCH_V4 - 1, 0), Judgement::Take),
            (None, (MUCH_V4, 0), much),
            (None, (0, MUCH_V6 - 1), Judgement::Take),
            (None, (0, MUCH_V6), much),
            // A little more than it was, over the bound.
            (Some(MUCH_V4 - 1), (MUCH_V4, 0), much),
            // Somebody said yes to it.
            (Some(MUCH_V4), (MUCH_V4 + 100_000, 0), Judgement::Take),
            (Some(MUCH_V4), (2 * MUCH_V4, 0), much),
        ];
        for (last, (v4, v6), judgement) in table {
            let last = last.map(|v4| extent(100, v4, 0));
            let judged = judge(last, extent(100, v4, v6));
            assert_eq!(judged, judgement, "{last:?} {v4} {v6}");
        }
    }

    #[test]
    fn hijacked_list_of_all_public_networks_asks() {
        let honest: Vec<IpNet> = (0..20)
            .map(|third| IpNet::new([45, 10, third * 2, 0].into(), 24).unwrap())
            .collect();
        let all = (1..=223).map(|first| IpNet::new([first, 0, 0, 0].into(), 8).unwrap());
        let guarded = crate::Guard::new([]).apply(all);
        // Few networks, as neighbours are merged.
        assert!(guarded.networks.len() < 3 * 60 && guarded.too_wide.is_empty());
        let new = Extent::of(&guarded.networks);
        let judged = judge(Some(Extent::of(&honest)), new);
        assert_eq!(judged, Judgement::Ask(Doubt::CoversTooMuch));
        assert_eq!(judge(None, new), Judgement::Ask(Doubt::CoversTooMuch));
    }

    #[test]
    fn public_addresses_are_all_but_the_special_ones() {
        let everything = crate::Ranges::of(["0.0.0.0/0".parse().unwrap()]);
        let special = crate::Ranges::of(crate::special::networks());
        let public = everything.without(&special).addresses();
        assert_eq!(public.v4, PUBLIC_V4);
        let half = Addresses {
            v4: PUBLIC_V4 / 2,
            v6: 1 << 124,
        };
        assert_eq!(half.share(), Share { v4: 0.5, v6: 0.5 });
    }

    #[test]
    fn extent_counts_the_addresses_of_both_families() {
        let networks = ["45.0.0.0/8", "46.0.0.1/32", "2a00::/64", "2a00:1::1/128"];
        let networks = networks.map(|network| network.parse().unwrap());
        let extent = Extent::of(&networks);
        assert_eq!((extent.networks, extent.addresses.v4), (4, (1 << 24) + 1));
        assert_eq!(extent.addresses.v6, (1 << 64) + 1);
        assert_eq!(extent.addresses.v6_sites(), 2);
        let everything = ["0.0.0.0/0", "::/0"].map(|network| network.parse().unwrap());
        let extent = Extent::of(&everything).addresses;
        assert_eq!((extent.v4, extent.v6), (1 << 32, u128::MAX));
    }

    #[test]
    fn doubt_says_from_what_to_what() {
        let doubt = Doubt::ShrankBelowHalf { from: 10, to: 4 };
        assert_eq!(
            doubt.to_string(),
            "the list has shrunk from 10 to 4 networks"
        );
    }

    fn set() -> impl Strategy<Value = Vec<IpNet>> {
        prop::collection::btree_set((0_u8..8, 28_u8..=32, any::<bool>()), 0..12).prop_map(|set| {
            let networks = set.into_iter().map(|(host, prefix, is_v6)| {
                let address = if is_v6 {
                    std::net::IpAddr::from([0x2a00, 0, 0, 0, 0, 0, 0, u16::from(host)])
                } else {
                    std::net::IpAddr::from([8, 8, 8, host])
                };
                IpNet::new(address, prefix).unwrap()
            });
            let sorted: std::collections::BTreeSet<IpNet> = networks.collect();
            sorted.into_iter().collect()
        })
    }

    proptest! {
        #[test]
        fn difference_is_what_each_copy_has_alone(old in set(), new in set()) {
            let difference = difference(&old, &new);
            let only = |of: &[IpNet], not: &[IpNet]| -> Vec<IpNet> { of.iter().copied().filter(|network| !not.contains(network)).collect() };
            prop_assert_eq!(&difference.added, &only(&new, &old));
            prop_assert_eq!(&difference.removed, &only(&old, &new));
            prop_assert_eq!(difference.is_empty(), old == new);
        }
    }
}
