//! Which groups may be in a chunk, in a kilobyte.

/// A bit for each group, which some share.
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

/// Word and bit of a group. A multiplication spreads neighbours; its highest 13 bits count.
fn place(group: u32) -> (usize, u64) {
    const SPREAD: u32 = 0x9e37_79b9;
    let [high, low, ..] = group.wrapping_mul(SPREAD).to_be_bytes();
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
