//! Whether a new copy of a list is taken as it comes, and what changed.
use std::cmp::Ordering;

use ipnet::IpNet;

/// Lists with fewer entries are judged as though they had so many: a few more or less are nothing there.
const SMALL: usize = 20;

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
}

/// Judges a new copy by how many networks it has and the last good one had; `None` is a first import, which is taken unless it is empty.
#[must_use]
pub const fn judge(last_good: Option<usize>, new: usize) -> Judgement {
    match last_good {
        Some(0) if new == 0 => Judgement::Take,
        _ if new == 0 => Judgement::Ask(Doubt::Empty),
        Some(from) if new < from.div_ceil(2) && from >= SMALL => {
            Judgement::Ask(Doubt::ShrankBelowHalf { from, to: new })
        }
        Some(from) if new > at_least(from).saturating_mul(3) => {
            Judgement::Ask(Doubt::GrewOverThreefold { from, to: new })
        }
        _ => Judgement::Take,
    }
}

const fn at_least(count: usize) -> usize {
    if count < SMALL { SMALL } else { count }
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
            assert_eq!(judge(last_good, new), judgement, "{last_good:?} {new}");
        }
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
