//! Which lists an address is on, and what lists have in common.
use std::{collections::BTreeMap, net::IpAddr, sync::Arc};

use crate::ranges::{Addresses, Ranges};

/// The addresses of several lists, by a key such as the number of the source. A copy shares them.
#[derive(Debug, Clone)]
pub struct Index<K> {
    lists: BTreeMap<K, Arc<Ranges>>,
}

impl<K> Default for Index<K> {
    fn default() -> Self {
        Self {
            lists: BTreeMap::new(),
        }
    }
}

/// Addresses that two lists have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Overlap<K> {
    /// The one list.
    pub first: K,
    /// The other.
    pub second: K,
    /// How many are on both.
    pub addresses: Addresses,
}

impl<K: Copy + Ord> Index<K> {
    /// Puts a list in place of what stood under its key.
    pub fn insert(&mut self, key: K, list: Arc<Ranges>) {
        self.lists.insert(key, list);
    }

    /// Takes a list out.
    pub fn remove(&mut self, key: K) {
        self.lists.remove(&key);
    }

    /// A list.
    #[must_use]
    pub fn get(&self, key: K) -> Option<&Arc<Ranges>> {
        self.lists.get(&key)
    }

    /// The lists that an address is on, in the order of their keys. A search among the ranges of each, no walk.
    #[must_use]
    pub fn lists_with(&self, address: IpAddr) -> Vec<K> {
        let lists = self.lists.iter().filter(|(_, list)| list.contains(address));
        lists.map(|(key, _)| *key).collect()
    }

    /// How many addresses of one list are on another too; `None` where there is no such list. Walks through both once.
    #[must_use]
    pub fn overlap(&self, first: K, second: K) -> Option<Addresses> {
        let (first, second) = (self.lists.get(&first)?, self.lists.get(&second)?);
        Some(first.overlap(second))
    }

    /// Each two lists that have addresses in common. Takes time: walks through each list as often as there are lists.
    #[must_use]
    pub fn overlaps(&self) -> Vec<Overlap<K>> {
        let mut overlaps = Vec::new();
        for (number, (first, list)) in self.lists.iter().enumerate() {
            for (second, other) in self.lists.iter().skip(number + 1) {
                let addresses = list.overlap(other);
                if addresses != Addresses::default() {
                    overlaps.push(Overlap {
                        first: *first,
                        second: *second,
                        addresses,
                    });
                }
            }
        }
        overlaps
    }

    /// How much memory the lists take.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.lists.values().map(|list| list.bytes()).sum()
    }
}

impl<K: Copy + Ord> FromIterator<(K, Ranges)> for Index<K> {
    fn from_iter<T: IntoIterator<Item = (K, Ranges)>>(lists: T) -> Self {
        let lists = lists.into_iter().map(|(key, list)| (key, Arc::new(list)));
        Self {
            lists: lists.collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ranges(texts: &[&str]) -> Ranges {
        Ranges::of(texts.iter().map(|text| text.parse().unwrap()))
    }

    fn index() -> Index<u32> {
        [
            (
                7,
                ranges(&["192.0.2.0/24", "198.51.100.7/32", "2001:db8::/64"]),
            ),
            (
                3,
                ranges(&["192.0.2.128/25", "192.0.3.0/24", "2001:db8::1/128"]),
            ),
            (9, ranges(&["203.0.113.0/24"])),
        ]
        .into_iter()
        .collect()
    }

    #[test]
    fn address_is_on_the_lists_that_have_a_network_with_it() {
        let table: [(&str, &[u32]); 8] = [
            ("192.0.2.0", &[7]),
            ("192.0.2.128", &[3, 7]),
            ("192.0.2.255", &[3, 7]),
            ("192.0.3.255", &[3]),
            ("192.0.4.0", &[]),
            ("::ffff:198.51.100.7", &[7]),
            ("2001:db8::1", &[3, 7]),
            ("2001:db8:0:1::", &[]),
        ];
        for (address, lists) in table {
            assert_eq!(
                index().lists_with(address.parse().unwrap()),
                lists,
                "{address}"
            );
        }
    }

    #[test]
    fn overlap_counts_addresses_by_family_and_lists_apart_are_left_out() {
        let addresses = Addresses { v4: 128, v6: 1 };
        assert_eq!(index().overlap(3, 7), Some(addresses));
        assert_eq!(index().overlap(7, 3), Some(addresses));
        assert_eq!(index().overlap(7, 9), Some(Addresses::default()));
        assert_eq!(index().overlap(7, 8), None);
        let overlap = Overlap {
            first: 3,
            second: 7,
            addresses,
        };
        assert_eq!(index().overlaps(), [overlap]);
    }

    #[test]
    fn copy_keeps_its_lists_when_another_is_changed() {
        let before = index();
        let mut after = before.clone();
        after.insert(9, Arc::new(ranges(&["192.0.2.1/32"])));
        after.remove(3);
        let address = "192.0.2.1".parse().unwrap();
        assert_eq!(
            (before.lists_with(address), after.lists_with(address)),
            (vec![7], vec![7, 9])
        );
        assert_eq!(after.get(3), None);
        assert_eq!(after.bytes(), 3 * 8 + 32);
    }
}
