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

/// How often groups came, up to 255 times, in 64 kilobytes: most of many come once, and need no place in a sum by subject.
#[derive(Debug)]
pub(in super::super) struct Marks(Vec<u8>);

impl Default for Marks {
    fn default() -> Self {
        Self(vec![0; 1 << 16])
    }
}

impl Marks {
    #[inline]
    pub(in super::super) fn add(&mut self, group: u32) {
        if let Some(mark) = self.0.get_mut(Self::place(group)) {
            *mark = mark.saturating_add(1);
        }
    }

    /// Whether a group may have come more than once; it has not where this says no.
    #[inline]
    pub(in super::super) fn may_be_again(&self, group: u32) -> bool {
        self.0.get(Self::place(group)).is_some_and(|mark| *mark > 1)
    }

    #[inline]
    fn place(group: u32) -> usize {
        let [high, low, ..] = spread(group).to_be_bytes();
        usize::from(u16::from_be_bytes([high, low]))
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
        fn group_that_came_again_is_marked(groups in prop::collection::vec(0..500_u32, 0..600)) {
            let mut marks = Marks::default();
            for group in &groups {
                marks.add(*group);
            }
            let again = |group: u32| groups.iter().filter(|other| **other == group).count() > 1;
            prop_assert!(groups.iter().filter(|group| again(**group)).all(|group| marks.may_be_again(*group)));
        }
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
