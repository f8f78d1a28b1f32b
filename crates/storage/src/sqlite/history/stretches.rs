//! The stretches of time that some indexes are divided into, in the order of a page. What is new changes the newest stretch, whose pages stay in memory, and the
//! newest of something is found without its oldest.
use domain::StorageError;
use rusqlite::{Connection, OptionalExtension as _};

use super::super::{error::driver, queries};
use super::{places::Window, time};

/// After so many stretches without what is looked for the next one with any event is asked for: history may have gaps of years.
const MISSES: u32 = 16;

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
    mut visit: impl FnMut(i64) -> Result<Visit, StorageError>,
) -> Result<(), StorageError> {
    if window.from >= window.until {
        return Ok(());
    }
    let (first, last) = (
        time::stretch(window.from, index.length()),
        time::stretch(window.until.saturating_sub(1), index.length()),
    );
    let begin = if window.oldest_first { first } else { last };
    let query = index.first(window.oldest_first);
    let mut next = from(connection, begin, query)?;
    let mut misses = 0;
    while let Some(stretch) = next.filter(|stretch| (first..=last).contains(stretch)) {
        let met = visit(stretch)?;
        if met.enough {
            return Ok(());
        }
        misses = if met.found { 0 } else { misses + 1 };
        let following = if window.oldest_first {
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
    Ok(())
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
