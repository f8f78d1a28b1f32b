//! Lists of (number, bans by origin), packed: numbers ascending and as differences, all as variable-length integers.
//!
//! A row of SQLite a number would take eight times the room, and a seek or a step each: 100,000 entries are read here in half a millisecond.
use domain::StorageError;

/// Bans by origin: detected, manual, blocklist.
pub(super) type Counts = [u64; 3];
/// How bans by origin change.
pub(super) type Change = [i64; 3];

const DAMAGED: StorageError = StorageError::Inconsistent {
    table: "rollups",
    what: "counts are not readable",
};

/// Shows each entry.
pub(super) fn each(mut bytes: &[u8], mut see: impl FnMut(u64, Counts)) -> Result<(), StorageError> {
    let mut number = 0_u64;
    while !bytes.is_empty() {
        // Nearly all are few detected bans, not long after the last: two bytes, looked at together.
        if let [difference, detected, rest @ ..] = bytes
            && (difference | detected) < 0x80
            && detected & 1 == 0
        {
            number = number.wrapping_add((*difference).into());
            see(number, [u64::from(*detected) >> 1, 0, 0]);
            bytes = rest;
            continue;
        }
        number = number.wrapping_add(take(&mut bytes)?);
        let first = take(&mut bytes)?;
        // Nearly all bans are detected: the lowest bit says whether there are others.
        let counts = if first & 1 == 0 {
            [first >> 1, 0, 0]
        } else {
            [first >> 1, take(&mut bytes)?, take(&mut bytes)?]
        };
        see(number, counts);
    }
    Ok(())
}

/// The list with changes (ascending, each number once) worked in. What falls to nothing goes.
pub(super) fn changed(bytes: &[u8], changes: &[(u64, Change)]) -> Result<Vec<u8>, StorageError> {
    let mut packed = Packer::with_capacity(bytes.len() + changes.len() * 4);
    let mut changes = changes.iter().copied().peekable();
    each(bytes, |number, counts| {
        while let Some((new, change)) = changes.next_if(|(other, _)| *other < number) {
            packed.add(new, plus([0; 3], change));
        }
        let counts = changes
            .next_if(|(other, _)| *other == number)
            .map_or(counts, |(_, change)| plus(counts, change));
        packed.add(number, counts);
    })?;
    for (new, change) in changes {
        packed.add(new, plus([0; 3], change));
    }
    Ok(packed.bytes)
}

fn plus(mut counts: Counts, change: Change) -> Counts {
    for (count, by) in counts.iter_mut().zip(change) {
        *count = count.saturating_add_signed(by);
    }
    counts
}

struct Packer {
    bytes: Vec<u8>,
    last: u64,
}

impl Packer {
    fn with_capacity(capacity: usize) -> Self {
        Self {
            bytes: Vec::with_capacity(capacity),
            last: 0,
        }
    }

    fn add(&mut self, number: u64, counts: Counts) {
        let [detected, manual, blocklist] = counts;
        if counts == [0; 3] {
            return;
        }
        put(&mut self.bytes, number.wrapping_sub(self.last));
        self.last = number;
        if manual == 0 && blocklist == 0 {
            put(&mut self.bytes, detected << 1);
        } else {
            put(&mut self.bytes, detected << 1 | 1);
            put(&mut self.bytes, manual);
            put(&mut self.bytes, blocklist);
        }
    }
}

/// Seven bits a byte, lowest first; the highest bit says that more follow.
pub(super) fn put(bytes: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        bytes.push(value.to_le_bytes()[0] | 0x80);
        value >>= 7;
    }
    bytes.push(value.to_le_bytes()[0]);
}

/// The next number.
#[inline]
pub(super) fn take(bytes: &mut &[u8]) -> Result<u64, StorageError> {
    // Nearly every number is small.
    match *bytes {
        [byte @ ..0x80, rest @ ..] => {
            *bytes = rest;
            Ok(u64::from(*byte))
        }
        [low, high @ ..0x80, rest @ ..] => {
            *bytes = rest;
            Ok(u64::from(low & 0x7f) | u64::from(*high) << 7)
        }
        _ => take_long(bytes),
    }
}

#[cold]
fn take_long(bytes: &mut &[u8]) -> Result<u64, StorageError> {
    let mut value = 0_u64;
    for shift in (0..64).step_by(7) {
        let Some((&byte, rest)) = bytes.split_first() else {
            return Err(DAMAGED);
        };
        *bytes = rest;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Ok(value);
        }
    }
    Err(DAMAGED)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    fn unpacked(bytes: &[u8]) -> Vec<(u64, Counts)> {
        let mut list = Vec::new();
        each(bytes, |number, counts| list.push((number, counts))).unwrap();
        list
    }

    proptest! {
        #[test]
        fn list_changed_again_and_again_has_the_sums(
            batches in prop::collection::vec(
                prop::collection::btree_map(
                    prop_oneof![0..20_u64, any::<u64>()],
                    prop::array::uniform3(0..1_000_i64),
                    0..20,
                ),
                0..8,
            ),
        ) {
            let mut bytes = Vec::new();
            let mut expected = BTreeMap::<u64, Counts>::new();
            for batch in batches {
                let changes: Vec<_> = batch.into_iter().collect();
                bytes = changed(&bytes, &changes).unwrap();
                for (number, change) in changes {
                    let counts = expected.entry(number).or_default();
                    *counts = plus(*counts, change);
                }
            }
            expected.retain(|_, counts| *counts != [0; 3]);
            prop_assert_eq!(unpacked(&bytes), expected.into_iter().collect::<Vec<_>>());
        }

        #[test]
        fn bytes_from_anywhere_never_panic(bytes: Vec<u8>) {
            let _ = each(&bytes, |_, _| ());
        }
    }

    #[test]
    fn entry_taken_back_is_gone() {
        let bytes = changed(&[], &[(7, [1, 0, 0]), (9, [0, 2, 0])]).unwrap();
        assert_eq!(
            unpacked(&changed(&bytes, &[(7, [-1, 0, 0])]).unwrap()),
            [(9, [0, 2, 0])]
        );
    }

    #[test]
    fn list_that_is_cut_is_refused() {
        let bytes = changed(&[], &[(300, [1, 2, 3])]).unwrap();
        for end in 1..bytes.len() {
            assert!(each(&bytes[..end], |_, _| ()).is_err(), "{end}");
        }
    }
}
