//! Who was banned more than once on the days of a range.
use std::{cmp::Reverse, ops::RangeInclusive};

use domain::StorageError;
use rusqlite::Connection;

use super::super::queries;
use super::{remembered::Bytes, subject::Columns, subjects};

/// So many days have room for more rows.
const SHORT: usize = 32;
/// Rows that are read of all days of a range: 350 kilobytes at most.
const ROWS: usize = 8_000;
/// The same of a long range, whose lists are as many statements.
const ROWS_OF_LONG: usize = 3_000;
/// Of each day so many at least.
const LEAST_ROWS: usize = 5;
/// Ranges of more days are answered without them.
pub(super) const MOST_DAYS: usize = 400;

/// How many days there are.
pub(super) fn length(days: &RangeInclusive<i64>) -> usize {
    let length = days.end().saturating_sub(*days.start());
    usize::try_from(length).map_or(usize::MAX, |length| length.saturating_add(1))
}

/// Those of some days in the tables.
#[derive(Debug, Default)]
pub(super) struct Repeaters {
    /// By how many bans each may exceed those who are not among them; in the order of subjects.
    excess: Vec<(Columns, u64)>,
    /// Their numbers, those who may have the most first.
    order: Vec<u32>,
    /// The most bans that somebody may have who is not among them.
    pub(super) missed: u64,
}

impl Repeaters {
    /// Those with the most bans of each day.
    pub(super) fn read(
        connection: &Connection,
        days: RangeInclusive<i64>,
    ) -> Result<Self, StorageError> {
        let length = length(&days);
        let rows = if length > SHORT { ROWS_OF_LONG } else { ROWS };
        let mut found = Self::default();
        for day in days {
            found.add_day(connection, day, (rows / length).max(LEAST_ROWS))?;
        }
        found.sum_up();
        Ok(found)
    }

    fn add_day(
        &mut self,
        connection: &Connection,
        day: i64,
        rows: usize,
    ) -> Result<(), StorageError> {
        let rows = i64::try_from(rows).unwrap_or(i64::MAX);
        let begin = self.excess.len();
        let (count, least) = subjects::listed(
            connection,
            queries::SUBJECTS_REPEATERS,
            &[day, rows],
            |subject, bans| self.excess.push((subject, bans)),
        )?;
        // Who is not in a list that ends early was banned at most once that day.
        let others = if count == rows { least } else { 1 };
        self.missed += others;
        for (_, bans) in self.excess.iter_mut().skip(begin) {
            *bans = bans.saturating_sub(others);
        }
        Ok(())
    }

    fn sum_up(&mut self) {
        self.excess.sort_unstable_by_key(|(subject, _)| *subject);
        self.excess.dedup_by(|(subject, bans), (kept, sum)| {
            let same = subject == kept;
            if same {
                *sum += *bans;
            }
            same
        });
        self.excess.shrink_to_fit();
        let excess = self.excess.iter().map(|(_, bans)| Reverse(*bans));
        let mut order: Vec<(Reverse<u64>, u32)> = excess.zip(0..).collect();
        order.sort_unstable();
        self.order = order.into_iter().map(|(_, number)| number).collect();
    }

    /// By how many bans a subject may exceed those who are not among them.
    pub(super) fn excess_of(&self, subject: &Columns) -> u64 {
        self.excess
            .binary_search_by_key(subject, |(subject, _)| *subject)
            .ok()
            .and_then(|place| self.excess.get(place))
            .map_or(0, |(_, bans)| *bans)
    }

    /// All of them with that, those who may have the most first.
    pub(super) fn in_order(&self) -> impl Iterator<Item = (Columns, u64)> {
        let numbers = self
            .order
            .iter()
            .filter_map(|number| usize::try_from(*number).ok());
        numbers.filter_map(|number| self.excess.get(number).copied())
    }
}

impl Bytes for Repeaters {
    fn bytes(&self) -> usize {
        self.excess.capacity() * size_of::<(Columns, u64)>()
            + self.order.capacity() * size_of::<u32>()
    }
}
