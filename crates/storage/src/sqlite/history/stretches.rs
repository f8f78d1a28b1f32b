//! The stretches of time that events are kept in by address, in the order of a page.
use domain::StorageError;
use rusqlite::{Connection, OptionalExtension as _};

use super::super::{error::driver, queries};
use super::{places::Window, time};

/// After so many stretches without what is looked for the next one with any event is asked for: history may have gaps of years.
const MISSES: u32 = 16;

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
    window: &Window,
    mut visit: impl FnMut(i64) -> Result<Visit, StorageError>,
) -> Result<(), StorageError> {
    if window.from >= window.until {
        return Ok(());
    }
    let (first, last) = (
        time::stretch(window.from),
        time::stretch(window.until.saturating_sub(1)),
    );
    let begin = if window.oldest_first { first } else { last };
    let mut next = from(connection, begin, window.oldest_first)?;
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
            from(connection, following, window.oldest_first)?
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
    oldest_first: bool,
) -> Result<Option<i64>, StorageError> {
    let query = if oldest_first {
        queries::EVENTS_STRETCH_OLDEST
    } else {
        queries::EVENTS_STRETCH_NEWEST
    };
    connection
        .prepare_cached(query)
        .and_then(|mut statement| statement.query_row([stretch], |row| row.get(0)).optional())
        .map_err(driver)
}
