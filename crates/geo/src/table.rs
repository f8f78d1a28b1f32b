//! What stands at an address, searched by halving.
use std::{net::IpAddr, ops::Range};

use crate::ranges::{BLOCK_BITS, Column, NOTHING, Ranges, blocks};

impl<const N: usize> Ranges<N> {
    fn get(&self, address: [u8; N]) -> u32 {
        self.get_within(address, 0..self.starts.len())
    }

    /// As [`Self::get`], where it is known that the range that begins last before the address begins at one of these places.
    fn get_within(&self, address: [u8; N], places: Range<usize>) -> u32 {
        let from = places.start;
        let starts = self.starts.get(places).unwrap_or_default();
        let after = from + starts.partition_point(|start| *start <= address);
        after
            .checked_sub(1)
            .and_then(|at| self.values.get(at))
            .map_or(NOTHING, |value| u32::from_be_bytes(*value))
    }
}

/// Ranges of both families.
#[derive(Debug, Default)]
pub(crate) struct Table {
    v4: Ranges<4>,
    /// Halving 500,000 ranges misses the cache a dozen times, halving those of a block hardly ever.
    v4_blocks: Column<4>,
    v6: Ranges<16>,
}

impl Table {
    /// Of ranges that were made at run time.
    pub(crate) fn new(v4: Ranges<4>, v6: Ranges<16>) -> Self {
        let v4_blocks = blocks(&v4.starts).into();
        Self::with_blocks(v4, v4_blocks, v6)
    }

    /// Of ranges whose blocks are counted already.
    pub(crate) const fn with_blocks(v4: Ranges<4>, v4_blocks: Column<4>, v6: Ranges<16>) -> Self {
        Self { v4, v4_blocks, v6 }
    }

    /// What stands at an address; an IPv4 address in IPv6 clothes counts as IPv4.
    pub(crate) fn get(&self, address: IpAddr) -> u32 {
        match domain::canonical(address) {
            IpAddr::V4(address) => self.get_v4(address.into()),
            IpAddr::V6(address) => self.v6.get(address.octets()),
        }
    }

    fn get_v4(&self, address: u32) -> u32 {
        let block = usize::try_from(address >> BLOCK_BITS).unwrap_or(usize::MAX);
        let place = |at: usize| {
            let place = self.v4_blocks.get(at)?;
            usize::try_from(u32::from_be_bytes(*place)).ok()
        };
        match (place(block), place(block.saturating_add(1))) {
            (Some(from), Some(until)) => self.v4.get_within(address.to_be_bytes(), from..until),
            _ => NOTHING,
        }
    }

    /// How many ranges were added.
    pub(crate) const fn ranges(&self) -> u64 {
        self.v4.count + self.v6.count
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::ranges::{Disordered, Growing};

    /// Ranges in order and apart, some of them neighbours, up to the last address.
    fn ranges() -> impl Strategy<Value = Vec<(u32, u32, u32)>> {
        let edge = prop_oneof![0..40_u32, (u32::MAX - 40)..=u32::MAX];
        prop::collection::vec((edge, 0..4_u32), 0..20).prop_map(|mut edges| {
            edges.sort_unstable();
            edges.dedup_by_key(|(edge, _)| *edge);
            edges
                .windows(2)
                .filter(|pair| pair[0].1 > 0)
                .map(|pair| (pair[0].0, pair[1].0 - 1, pair[0].1))
                .chain(edges.last().map(|(edge, _)| (*edge, u32::MAX, 3)))
                .collect()
        })
    }

    proptest! {
        #[test]
        fn table_of_any_ranges_answers_as_naive_search(ranges in ranges()) {
            let mut v4 = Growing::new();
            let mut v6 = Growing::new();
            for (start, end, value) in &ranges {
                v4.push(start.to_be_bytes(), end.checked_add(1).map(u32::to_be_bytes), *value).unwrap();
                let wide = |at: u32| u128::from(at) << 96 | u128::from(at);
                let next = wide(*end).checked_add(1).map(u128::to_be_bytes);
                v6.push(wide(*start).to_be_bytes(), next, *value).unwrap();
            }
            let table = Table::new(v4.finish(), v6.finish());
            prop_assert_eq!(table.ranges(), 2 * ranges.len() as u64);
            for address in (0..50).chain(u32::MAX - 50..=u32::MAX) {
                let naive = ranges
                    .iter()
                    .find(|(start, end, _)| (*start..=*end).contains(&address))
                    .map_or(NOTHING, |range| range.2);
                prop_assert_eq!(table.get(IpAddr::V4(address.into())), naive, "{}", address);
                let wide = u128::from(address) << 96 | u128::from(address);
                if wide >> 32 != 0xffff {
                    prop_assert_eq!(table.get(IpAddr::V6(wide.into())), naive, "{}", address);
                }
            }
        }
    }

    #[test]
    fn ranges_that_overlap_or_go_back_are_refused() {
        let at = |last: u8| [0, 0, 0, last];
        let mut ranges = Growing::new();
        ranges.push(at(10), Some(at(20)), 1).unwrap();
        assert_eq!(ranges.push(at(19), Some(at(30)), 2), Err(Disordered));
        assert_eq!(ranges.push(at(30), Some(at(30)), 2), Err(Disordered));
        ranges.push(at(20), None, 2).unwrap();
        assert_eq!(ranges.push([u8::MAX; 4], None, 3), Err(Disordered));
    }

    #[test]
    fn mapped_address_is_looked_up_as_ipv4() {
        let mut v4 = Growing::new();
        v4.push([1, 2, 3, 0], Some([1, 2, 4, 0]), 7).unwrap();
        let table = Table::new(v4.finish(), Ranges::default());
        assert_eq!(table.get("::ffff:1.2.3.4".parse().unwrap()), 7);
        assert_eq!(table.get("::1.2.3.4".parse().unwrap()), NOTHING);
    }
}
