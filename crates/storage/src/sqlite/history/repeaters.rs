//! Who was banned more than once on a day, as it was last read: what is asked for most are ranges of some days, whose lists seldom change.
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use domain::StorageError;
use rusqlite::Connection;

use super::super::queries;
use super::{subject::Columns, subjects};

/// So many of a day are kept, those with the most bans: 40 kilobytes.
const ROWS: usize = 1_000;
/// So many days are kept: a month, the ends of which cut days.
pub(super) const DAYS: usize = 32;

/// Those of a day in the tables, those with the most bans first.
#[derive(Debug)]
pub(super) struct OfDay {
    subjects: Vec<(Columns, u64)>,
    /// The most bans that somebody may have who is not among them.
    others: u64,
}

impl OfDay {
    /// The first `most` of them.
    pub(super) fn read(
        connection: &Connection,
        day: i64,
        most: usize,
    ) -> Result<Self, StorageError> {
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let mut subjects = Vec::new();
        let (count, least) = subjects::listed(
            connection,
            queries::SUBJECTS_REPEATERS,
            &[day, most],
            |subject, bans| subjects.push((subject, bans)),
        )?;
        Ok(Self {
            subjects,
            // Who is not in a list that ends early was banned at most once that day.
            others: if count == most { least } else { 1 },
        })
    }

    /// The first `most`, and the most bans that another may have.
    pub(super) fn first(&self, most: usize) -> (&[(Columns, u64)], u64) {
        match self.subjects.get(most) {
            Some((_, others)) => (self.subjects.get(..most).unwrap_or_default(), *others),
            None => (&self.subjects, self.others),
        }
    }
}

/// The days that were asked for of late.
#[derive(Debug, Default)]
pub(super) struct Days(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    /// Of which tables they are: see [`Recent::tables`](super::recent::Recent::tables).
    tables: i64,
    days: BTreeMap<i64, Arc<OfDay>>,
}

impl Days {
    /// A day in these tables, which the connection sees.
    pub(super) fn of(
        &self,
        connection: &Connection,
        tables: i64,
        day: i64,
    ) -> Result<Arc<OfDay>, StorageError> {
        // A panic cannot leave them half changed.
        let known = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = known().get(tables, day) {
            return Ok(found);
        }
        let read = Arc::new(OfDay::read(connection, day, ROWS)?);
        known().keep(tables, day, &read);
        Ok(read)
    }
}

impl Known {
    fn get(&self, tables: i64, day: i64) -> Option<Arc<OfDay>> {
        let same = self.tables == tables;
        self.days.get(&day).filter(|_| same).map(Arc::clone)
    }

    fn keep(&mut self, tables: i64, day: i64, read: &Arc<OfDay>) {
        // A reader whose moment is older keeps nothing.
        if tables < self.tables {
            return;
        }
        if tables > self.tables {
            self.tables = tables;
            self.days.clear();
        }
        self.days.insert(day, Arc::clone(read));
        if self.days.len() > DAYS {
            // What is asked for next is near what was asked for last.
            let days = self.days.keys().copied();
            if let Some(farthest) = days.max_by_key(|other| other.abs_diff(day)) {
                self.days.remove(&farthest);
            }
        }
    }
}
