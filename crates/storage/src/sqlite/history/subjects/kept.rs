//! What the tables keep of a subject's bans, as it is remembered: any part of the time is two look-ups.
use std::ops::Range;

use domain::{Place, StorageError};
use rusqlite::Connection;

use super::super::super::{error::driver, queries};
use super::super::{
    codes, packed, recent::Recent, remembered::Bytes, selection::Selection, subject::Columns,
};
use super::{bytes, of_number, rows_of};

/// The bans of a subject in the tables, jail by jail.
#[derive(Debug)]
pub(in super::super) struct BansInJails(Vec<BansInJail>);

#[derive(Debug)]
struct BansInJail {
    jail: i64,
    country: i64,
    asn: i64,
    last_at: Option<i64>,
    /// Whether some of its bans had another country or network.
    moved: bool,
    counts: Running,
}

/// Bans by span of the lowest level.
#[derive(Debug, Default)]
struct Running {
    /// Those with bans, ascending.
    spans: Vec<i32>,
    /// Detected bans until each of them, its own included.
    detected: Vec<u32>,
    /// The few others.
    others: Vec<(i32, [u32; 2])>,
}

/// Of this, what a question asks for.
#[derive(Debug, Default)]
pub(in super::super) struct Kept {
    /// Its selected bans within some spans, and within others.
    pub(in super::super) bans: [u64; 2],
    /// Jails of whose bans only the events tell which were of the selected countries or networks.
    pub(in super::super) moved: Vec<i64>,
    /// Where it was last: when, country and network.
    last: Option<(i64, i64, i64)>,
}

impl BansInJails {
    /// Those of a subject.
    pub(in super::super) fn read(
        connection: &Connection,
        subject: &Columns,
    ) -> Result<Self, StorageError> {
        let mut statement = connection
            .prepare_cached(queries::SUBJECTS_BANS)
            .map_err(driver)?;
        let mut rows = rows_of(&mut statement, subject)?;
        let mut bans = Vec::new();
        while let Some(row) = rows.next().map_err(driver)? {
            bans.push(BansInJail {
                jail: row.get(0).map_err(driver)?,
                country: row.get(1).map_err(driver)?,
                asn: row.get(2).map_err(driver)?,
                last_at: row.get(3).map_err(driver)?,
                moved: row.get(4).map_err(driver)?,
                counts: Running::unpack(bytes(row, 5)?)?,
            });
        }
        Ok(Self(bans))
    }

    /// Its selected bans within spans of the lowest level.
    pub(in super::super) fn kept(&self, selection: &Selection, parts: &[Range<i64>; 2]) -> Kept {
        let mut kept = Kept::default();
        for row in &self.0 {
            if let Some(at) = row.last_at {
                kept.was_at((at, row.country, row.asn));
            }
            if !selection.has_jail(row.jail) {
                continue;
            }
            if selection.has_places() && row.moved {
                kept.moved.push(row.jail);
            } else if selection.has_place(row.country, row.asn) {
                for (bans, spans) in kept.bans.iter_mut().zip(parts) {
                    *bans += selection.sum(row.counts.within(spans));
                }
            }
        }
        kept
    }
}

impl Running {
    fn unpack(list: &[u8]) -> Result<Self, StorageError> {
        let mut running = Self::default();
        let mut sum = 0_u64;
        let mut small = true;
        packed::each(list, |number, [detected, manual, blocklist]| {
            let span = of_number(number);
            // Beyond is no time that anybody asks for.
            let end = if span < 0 { i32::MIN } else { i32::MAX };
            let span = i32::try_from(span).unwrap_or(end);
            sum = sum.saturating_add(detected);
            let counts = [sum, manual, blocklist].map(u32::try_from);
            let [Ok(sum), Ok(manual), Ok(blocklist)] = counts else {
                small = false;
                return;
            };
            running.spans.push(span);
            running.detected.push(sum);
            if (manual, blocklist) != (0, 0) {
                running.others.push((span, [manual, blocklist]));
            }
        })?;
        running.spans.shrink_to_fit();
        running.detected.shrink_to_fit();
        if small {
            Ok(running)
        } else {
            Err(codes::inconsistent("a count of bans is too large"))
        }
    }

    /// Bans within some spans, by origin.
    fn within(&self, spans: &Range<i64>) -> packed::Counts {
        let before = |end: i64| {
            let spans = self.spans.partition_point(|span| i64::from(*span) < end);
            let until = spans
                .checked_sub(1)
                .and_then(|last| self.detected.get(last));
            until.copied().map_or(0, u64::from)
        };
        let mut counts = [before(spans.end).saturating_sub(before(spans.start)), 0, 0];
        let others = self.others.iter();
        for (_, more) in others.filter(|(span, _)| spans.contains(&i64::from(*span))) {
            for (count, more) in counts.iter_mut().skip(1).zip(more) {
                *count += u64::from(*more);
            }
        }
        counts
    }

    fn bytes(&self) -> usize {
        self.spans.len() * size_of::<(i32, u32)>()
            + self.others.capacity() * size_of::<(i32, [u32; 2])>()
    }
}

impl Bytes for BansInJails {
    fn bytes(&self) -> usize {
        let rows = self.0.iter();
        rows.map(|row| size_of::<BansInJail>() + row.counts.bytes())
            .sum()
    }
}

impl Kept {
    fn was_at(&mut self, (at, country, asn): (i64, i64, i64)) {
        let newest = self.last.is_none_or(|(last, ..)| last <= at);
        if (country, asn) != (0, 0) && newest {
            self.last = Some((at, country, asn));
        }
    }

    /// Country and network of what happened to the subject last.
    pub(in super::super) fn place(
        &mut self,
        recent: &Recent,
        subject: &Columns,
    ) -> Result<Place, StorageError> {
        for entry in recent.events_of(subject) {
            if let Some((country, asn)) = entry.known.place() {
                self.was_at((entry.is.at, country, asn));
            }
        }
        let place = self
            .last
            .map(|(_, country, asn)| codes::to_place(country, asn));
        place.unwrap_or_else(|| Ok(Place::default()))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{super::numbered, *};

    proptest! {
        #[test]
        fn bans_within_spans_are_the_sums_of_the_list(
            list in prop::collection::btree_map(-30..30_i64, prop::array::uniform3(0..4_i64), 0..20),
            start in -40..40_i64,
            length in 0..50_i64,
        ) {
            let spans = start..start + length;
            let changes: Vec<_> = list.iter().map(|(span, counts)| (numbered(*span), *counts)).collect();
            let running = Running::unpack(&packed::changed(&[], &changes).unwrap()).unwrap();
            let mut expected = [0; 3];
            for (_, counts) in list.range(spans.clone()) {
                for (sum, count) in expected.iter_mut().zip(counts) {
                    *sum += count.unsigned_abs();
                }
            }
            prop_assert_eq!(running.within(&spans), expected);
        }
    }

    #[test]
    fn count_that_cannot_be_is_refused() {
        let list = packed::changed(&[], &[(numbered(1), [1 << 40, 0, 0])]).unwrap();
        assert!(Running::unpack(&list).is_err());
    }
}
