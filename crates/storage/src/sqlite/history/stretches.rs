//! The stretches of time that some indexes are divided into, in the order of a page. What is new changes the newest stretch, whose pages stay in memory, and the
//! newest of something is found without its oldest.
use domain::StorageError;
use rusqlite::{Connection, OptionalExtension as _};

use super::super::{error::driver, queries};
use super::{moment::Moment, places::Window, subject::Columns, subjects, time};

/// After so many stretches without what is looked for the next one with any event is asked for: history may have gaps of years.
const MISSES: u32 = 16;
/// In so many it is quicker to look than to ask where there is something.
const FEW: i64 = 4;

/// Indexes that are divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Divided {
    /// That by address.
    ByAddress,
    /// Those by country and by network.
    ByPlace,
}

impl Divided {
    const fn length(self) -> i64 {
        match self {
            Self::ByAddress => time::STRETCH_OF_ADDRESSES,
            Self::ByPlace => time::STRETCH_OF_PLACES,
        }
    }

    /// The first and the last stretch of a window, unless it is empty.
    fn within(self, window: &Window) -> Option<(i64, i64)> {
        let stretch = |at| time::stretch(at, self.length());
        let last = window.until.saturating_sub(1);
        (window.from < window.until).then(|| (stretch(window.from), stretch(last)))
    }

    /// The first stretch with events from one on.
    const fn first(self, oldest_first: bool) -> &'static str {
        match (self, oldest_first) {
            (Self::ByAddress, false) => queries::EVENTS_STRETCH_NEWEST,
            (Self::ByAddress, true) => queries::EVENTS_STRETCH_OLDEST,
            (Self::ByPlace, false) => queries::EVENTS_PLACE_STRETCH_NEWEST,
            (Self::ByPlace, true) => queries::EVENTS_PLACE_STRETCH_OLDEST,
        }
    }
}

/// What was met in a stretch.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Visit {
    /// Whether anything was there.
    pub(super) found: bool,
    /// Whether the rest is not wanted.
    pub(super) enough: bool,
}

/// Visits the stretches of a window one after another, until there is enough.
pub(super) fn each(
    connection: &Connection,
    index: Divided,
    window: &Window,
    visit: impl FnMut(i64) -> Result<Visit, StorageError>,
) -> Result<(), StorageError> {
    let Some(within) = index.within(window) else {
        return Ok(());
    };
    walk(connection, index, (within, window.oldest_first), visit).map(|_| ())
}

/// Visits those in which there are events of a subject, and those of which that is not known.
pub(super) fn each_of_subject(
    moment: &Moment<'_>,
    subject: &Columns,
    window: &Window,
    mut visit: impl FnMut(i64) -> Result<Visit, StorageError>,
) -> Result<(), StorageError> {
    let index = Divided::ByAddress;
    let Some((first, last)) = index.within(window) else {
        return Ok(());
    };
    if last - first < FEW {
        return each(moment, index, window, visit);
    }
    let known_from = moment.recent().stretches_from();
    let before = ((first, last.min(known_from - 1)), window.oldest_first);
    let mut known = subjects::stretches(moment, subject)?;
    known.retain(|stretch| (first.max(known_from)..=last).contains(stretch));
    if window.oldest_first {
        let _enough = walk(moment, index, before, &mut visit)? || all(known, visit)?;
    } else {
        known.reverse();
        let _enough = all(known, &mut visit)? || walk(moment, index, before, visit)?;
    }
    Ok(())
}

/// Visits these; answers whether there is enough.
fn all(
    stretches: Vec<i64>,
    mut visit: impl FnMut(i64) -> Result<Visit, StorageError>,
) -> Result<bool, StorageError> {
    for stretch in stretches {
        if visit(stretch)?.enough {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Visits the stretches from one to another, in the order of a page; answers whether there is enough.
fn walk(
    connection: &Connection,
    index: Divided,
    ((first, last), oldest_first): ((i64, i64), bool),
    mut visit: impl FnMut(i64) -> Result<Visit, StorageError>,
) -> Result<bool, StorageError> {
    if first > last {
        return Ok(false);
    }
    let begin = if oldest_first { first } else { last };
    let query = index.first(oldest_first);
    let mut next = from(connection, begin, query)?;
    let mut misses = 0;
    while let Some(stretch) = next.filter(|stretch| (first..=last).contains(stretch)) {
        let met = visit(stretch)?;
        if met.enough {
            return Ok(true);
        }
        misses = if met.found { 0 } else { misses + 1 };
        let following = if oldest_first {
            stretch + 1
        } else {
            stretch - 1
        };
        next = if misses == MISSES {
            misses = 0;
            from(connection, following, query)?
        } else {
            Some(following)
        };
    }
    Ok(false)
}

/// The first stretch with events from one on, in the order of a page.
fn from(
    connection: &Connection,
    stretch: i64,
    query: &'static str,
) -> Result<Option<i64>, StorageError> {
    connection
        .prepare_cached(query)
        .and_then(|mut statement| statement.query_row([stretch], |row| row.get(0)).optional())
        .map_err(driver)
}

#[cfg(test)]
mod tests;
