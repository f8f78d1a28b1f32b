//! Ranges of addresses and what stands at each, searched by halving.
use std::net::IpAddr;

/// Ranges that are not in ascending order, or that overlap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("ranges overlap or are not in order")]
pub(crate) struct Disordered;

/// What stands where nothing is known.
pub(crate) const NOTHING: u32 = 0;

/// Ranges of one family. A gap is a range of [`NOTHING`].
#[derive(Debug, Default)]
pub(crate) struct Half<A> {
    starts: Vec<A>,
    values: Vec<u32>,
    /// Where the last range ended: the first address that nothing was said of. `None` past the last address.
    open: Option<A>,
    ranges: u64,
}

impl<A: Ord + Copy + Default> Half<A> {
    /// No ranges, with room for some.
    pub(crate) fn with_room(ranges: usize) -> Self {
        Self {
            starts: Vec::with_capacity(ranges),
            values: Vec::with_capacity(ranges),
            open: Some(A::default()),
            ranges: 0,
        }
    }

    /// Adds a range after all others. `next` is the address after its last one, `None` where there is none.
    pub(crate) fn push(&mut self, start: A, next: Option<A>, value: u32) -> Result<(), Disordered> {
        let open = self.open.ok_or(Disordered)?;
        if start < open || next.is_some_and(|next| next <= start) {
            return Err(Disordered);
        }
        if start > open {
            self.begin(open, NOTHING);
        }
        self.begin(start, value);
        self.open = next;
        self.ranges += 1;
        Ok(())
    }

    /// A range like the one before it is part of it.
    fn begin(&mut self, start: A, value: u32) {
        if self.values.last().copied().unwrap_or(NOTHING) != value {
            self.starts.push(start);
            self.values.push(value);
        }
    }

    /// Ends the last range, and gives back the room that was not needed.
    pub(crate) fn finish(mut self) -> Self {
        if let Some(open) = self.open.take() {
            self.begin(open, NOTHING);
        }
        self.starts.shrink_to_fit();
        self.values.shrink_to_fit();
        self
    }

    fn get(&self, address: A) -> u32 {
        self.get_within(address, 0..self.starts.len())
    }

    /// As [`Self::get`], where it is known that the range that begins last before the address begins at one of these places.
    fn get_within(&self, address: A, places: std::ops::Range<usize>) -> u32 {
        let from = places.start;
        let starts = self.starts.get(places).unwrap_or_default();
        let after = from + starts.partition_point(|start| *start <= address);
        after
            .checked_sub(1)
            .and_then(|at| self.values.get(at))
            .copied()
            .unwrap_or(NOTHING)
    }
}

/// Addresses of a block of IPv4, as a power of two.
const BLOCK_BITS: u32 = 16;

fn blocks(starts: &[u32]) -> Vec<u32> {
    let mut blocks = Vec::with_capacity((1 << BLOCK_BITS) + 1);
    let mut at = 0_u32;
    let mut starts = starts.iter().peekable();
    for block in 0..1_u32 << BLOCK_BITS {
        let first = block << BLOCK_BITS;
        while starts.next_if(|start| **start < first).is_some() {
            at += 1;
        }
        blocks.push(at);
    }
    let rest = u32::try_from(starts.count()).unwrap_or(u32::MAX);
    blocks.push(at.saturating_add(rest));
    blocks
}

/// Ranges of both families.
#[derive(Debug, Default)]
pub(crate) struct Table {
    v4: Half<u32>,
    /// How many ranges of IPv4 begin before each block of 65,536 addresses; one more at the end. Halving 500,000 ranges misses the cache a dozen times, halving
    /// those of a block hardly ever.
    v4_blocks: Vec<u32>,
    v6: Half<u128>,
}

impl Table {
    /// Of finished halves.
    pub(crate) fn new(v4: Half<u32>, v6: Half<u128>) -> Self {
        Self {
            v4_blocks: blocks(&v4.starts),
            v4,
            v6,
        }
    }

    /// What stands at an address; an IPv4 address in IPv6 clothes counts as IPv4.
    pub(crate) fn get(&self, address: IpAddr) -> u32 {
        match domain::canonical(address) {
            IpAddr::V4(address) => self.get_v4(address.into()),
            IpAddr::V6(address) => self.v6.get(address.into()),
        }
    }

    fn get_v4(&self, address: u32) -> u32 {
        let block = usize::try_from(address >> BLOCK_BITS).unwrap_or(usize::MAX);
        let place = |at: usize| {
            let place = self.v4_blocks.get(at).copied();
            place.and_then(|place| usize::try_from(place).ok())
        };
        match (place(block), place(block.saturating_add(1))) {
            (Some(from), Some(until)) => self.v4.get_within(address, from..until),
            _ => NOTHING,
        }
    }

    /// How many ranges were added.
    pub(crate) const fn ranges(&self) -> u64 {
        self.v4.ranges + self.v6.ranges
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

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
            let mut v4 = Half::with_room(0);
            let mut v6 = Half::with_room(0);
            for (start, end, value) in &ranges {
                v4.push(*start, end.checked_add(1), *value).unwrap();
                let wide = |at: u32| u128::from(at) << 96 | u128::from(at);
                v6.push(wide(*start), wide(*end).checked_add(1), *value).unwrap();
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
        let mut half = Half::with_room(0);
        half.push(10_u32, Some(20), 1).unwrap();
        assert_eq!(half.push(19, Some(30), 2), Err(Disordered));
        assert_eq!(half.push(30, Some(30), 2), Err(Disordered));
        half.push(20, None, 2).unwrap();
        assert_eq!(half.push(u32::MAX, None, 3), Err(Disordered));
    }

    #[test]
    fn mapped_address_is_looked_up_as_ipv4() {
        let mut v4 = Half::with_room(0);
        v4.push(0x0102_0300_u32, Some(0x0102_0400), 7).unwrap();
        let table = Table::new(v4.finish(), Half::default());
        assert_eq!(table.get("::ffff:1.2.3.4".parse().unwrap()), 7);
        assert_eq!(table.get("::1.2.3.4".parse().unwrap()), NOTHING);
    }
}
