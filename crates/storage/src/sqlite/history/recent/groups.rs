//! Groups by a few bits of theirs, which some share: quicker than to tell them apart.

/// Which groups may be in a chunk, in a kilobyte.
#[derive(Debug)]
pub(super) struct Groups(Box<[u64; Self::WORDS]>);

impl Groups {
    /// 8,192 bits: of the groups that are not in a full chunk, about every tenth looks as if it were.
    const WORDS: usize = 128;

    pub(super) fn of(groups: impl Iterator<Item = u32>) -> Self {
        let mut words = Box::new([0; Self::WORDS]);
        for group in groups {
            let (word, bit) = place(group);
            if let Some(word) = words.get_mut(word) {
                *word |= bit;
            }
        }
        Self(words)
    }

    /// Whether it may be one of them; it is not where this says no.
    pub(super) fn may_have(&self, group: u32) -> bool {
        let (word, bit) = place(group);
        self.0.get(word).is_some_and(|word| word & bit != 0)
    }
}

/// Where a group is marked, which it shares with some others.
#[derive(Debug, Clone, Copy)]
pub(in super::super) struct Mark(u16);

impl Mark {
    pub(in super::super) const fn of(group: u32) -> Self {
        let [high, low, ..] = spread(group).to_be_bytes();
        Self(u16::from_be_bytes([high, low]))
    }
}

/// How often groups came, up to 255 times, in 64 kilobytes: most of many came seldom, and need no place in a sum by subject.
#[derive(Debug)]
pub(in super::super) struct Marks {
    counts: Vec<u8>,
    /// How many places have been marked at least so many times.
    at_least: [u32; Self::TIMES],
}

impl Default for Marks {
    fn default() -> Self {
        Self {
            counts: vec![0; Self::PLACES],
            at_least: [0; Self::TIMES],
        }
    }
}

impl Marks {
    /// As many as a [`Mark`] tells apart.
    const PLACES: usize = 1 << 16;
    /// As many as a byte counts, none included.
    const TIMES: usize = 1 << 8;

    #[inline]
    pub(in super::super) fn add(&mut self, mark: Mark) {
        if let Some(count) = self.counts.get_mut(usize::from(mark.0))
            && *count < u8::MAX
        {
            *count += 1;
            if let Some(places) = self.at_least.get_mut(usize::from(*count)) {
                *places += 1;
            }
        }
    }

    /// Whether a group may have come so many times; it has not where this says no.
    #[inline]
    pub(in super::super) fn may_have(&self, mark: Mark, times: u8) -> bool {
        let count = self.counts.get(usize::from(mark.0));
        count.is_some_and(|count| *count >= times)
    }

    /// The most times that so many groups may have come, one at least.
    pub(in super::super) fn times_of(&self, groups: usize) -> u8 {
        let counts = (0..=u8::MAX).zip(self.at_least).skip(1);
        counts
            .take_while(|(_, places)| usize::try_from(*places).is_ok_and(|places| places >= groups))
            .last()
            .map_or(1, |(times, _)| times)
    }
}

/// Spreads neighbours; the high bits count.
#[inline]
const fn spread(group: u32) -> u32 {
    const SPREAD: u32 = 0x9e37_79b9;
    group.wrapping_mul(SPREAD)
}

/// Word and bit of a group, from 13 bits.
fn place(group: u32) -> (usize, u64) {
    let [high, low, ..] = spread(group).to_be_bytes();
    let number = u16::from_be_bytes([high, low]) >> 3;
    (usize::from(number >> 6), 1 << (number & 63))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn group_that_was_given_may_be_there(groups in prop::collection::vec(any::<u32>(), 0..600)) {
            let may = Groups::of(groups.iter().copied());
            prop_assert!(groups.iter().all(|group| may.may_have(*group)));
        }

        #[test]
        fn group_that_came_several_times_is_marked_so_often(groups in prop::collection::vec(0..50_u32, 0..600)) {
            let mut marks = Marks::default();
            for group in &groups {
                marks.add(Mark::of(*group));
            }
            for group in &groups {
                let times = groups.iter().filter(|other| *other == group).count();
                let times = u8::try_from(times).unwrap_or(u8::MAX);
                prop_assert!(marks.may_have(Mark::of(*group), times));
            }
        }
    }

    #[test]
    fn times_of_some_groups_are_those_that_so_many_came() {
        let mut marks = Marks::default();
        for (group, times) in [(7, 300), (8, 5), (9, 2), (10, 1)] {
            (0..times).for_each(|_| marks.add(Mark::of(group)));
        }
        assert_eq!(marks.times_of(1), u8::MAX);
        assert_eq!(marks.times_of(2), 5);
        assert_eq!(marks.times_of(3), 2);
        assert_eq!(marks.times_of(4), 1);
        assert_eq!(marks.times_of(5), 1, "there are no five");
        assert!(!marks.may_have(Mark::of(9), 3));
    }

    #[test]
    fn few_others_look_as_if_they_were_there() {
        let network = 0x0b00_0000_u32;
        let may = Groups::of((0..768).map(|number| network + number * 3));
        let others = (0..10_000).map(|number| network + 0x0010_0000 + number * 7);
        let wrong = others.filter(|group| may.may_have(*group)).count();
        assert!(wrong < 1_500, "{wrong}");
    }
}
