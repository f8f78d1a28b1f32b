//! The stretches of time that some indexes are divided into, in the order of a page. What is new changes the newest stretch, whose pages stay in memory, and the
//! newest of something is found without its oldest.
use std::ops::Range;

use domain::StorageError;
use rusqlite::{CachedStatement, Connection, OptionalExtension as _, ToSql};

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

/// A statement that is run for one stretch after another: the rest of its values is bound once.
pub(super) struct PerStretch<'a> {
    statement: CachedStatement<'a>,
    stretch: usize,
    limit: usize,
}

impl<'a> PerStretch<'a> {
    /// With all its values but `:stretch`.
    pub(super) fn prepare(
        connection: &'a Connection,
        query: &'static str,
        parameters: &[(&str, &dyn ToSql)],
    ) -> Result<Self, StorageError> {
        let mut statement = connection.prepare_cached(query).map_err(driver)?;
        let place = |statement: &CachedStatement<'_>, name| {
            let place = statement.parameter_index(name).map_err(driver)?;
            Ok::<_, StorageError>(place.unwrap_or_default())
        };
        for (name, value) in parameters {
            let place = place(&statement, name)?;
            statement.raw_bind_parameter(place, value).map_err(driver)?;
        }
        let (stretch, limit) = (place(&statement, ":stretch")?, place(&statement, ":limit")?);
        Ok(Self {
            statement,
            stretch,
            limit,
        })
    }

    /// For a stretch.
    pub(super) fn of(&mut self, stretch: i64) -> Result<&mut CachedStatement<'a>, StorageError> {
        self.statement
            .raw_bind_parameter(self.stretch, stretch)
            .map_err(driver)?;
        Ok(&mut self.statement)
    }

    /// For a stretch, with another limit.
    pub(super) fn of_at_most(
        &mut self,
        stretch: i64,
        limit: u64,
    ) -> Result<&mut CachedStatement<'a>, StorageError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.statement
            .raw_bind_parameter(self.limit, limit)
            .map_err(driver)?;
        self.of(stretch)
    }

    /// One that asks for no stretch.
    pub(super) const fn whole(&mut self) -> &mut CachedStatement<'a> {
        &mut self.statement
    }
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

/// The stretches of two days of which a window has the whole, and subjects say how many events they have there.
pub(super) fn whole(moment: &Moment<'_>, window: &Window) -> Range<i64> {
    let length = Divided::ByAddress.length();
    // Stretch 0 lies on both sides of the epoch, and those before it end where others begin: it is enough to know those after it.
    let first = match window.from {
        ..=0 => 1,
        from => time::stretch(from - 1, length) + 1,
    };
    let first = first.max(moment.recent().stretches_from());
    first..time::stretch(window.until, length).max(first)
}

/// The part of a window that is before a stretch of two days.
pub(super) fn before(stretch: i64, window: &Window) -> Window {
    let begin = stretch.saturating_mul(Divided::ByAddress.length());
    Window {
        until: begin.min(window.until),
        ..*window
    }
}

/// Whether a window has all that happened before a stretch of two days, or ever.
pub(super) const fn are_whole_until_the_end(window: &Window) -> bool {
    let whole = window.until > 0 && window.until % Divided::ByAddress.length() == 0;
    window.from == i64::MIN && (whole || window.until == i64::MAX)
}

/// What a window has beside whole stretches.
pub(super) fn beside(whole: &Range<i64>, window: &Window) -> [Window; 2] {
    let length = Divided::ByAddress.length();
    [
        Window {
            until: whole.start.saturating_mul(length).min(window.until),
            ..*window
        },
        Window {
            from: whole.end.saturating_mul(length).max(window.from),
            ..*window
        },
    ]
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
