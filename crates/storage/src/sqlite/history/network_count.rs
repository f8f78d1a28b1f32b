//! How many events there are in a network, or of an address.
use std::ops::{
    ControlFlow::{Break, Continue},
    Range,
};

use domain::StorageError;
use rusqlite::{Connection, ToSql, named_params};

use super::super::{error::driver, queries};
use super::{
    counting,
    in_network::{Bounds, Sum, of_network},
    moment::Moment,
    places::Window,
    selection::Selection,
    stretches::{self, Divided, PerStretch, Visit},
    subjects,
};

/// Up to so many rows of subjects are read for a count. With more, nearly every stretch has events of the network.
const FEW_SUBJECTS: i64 = 1_000;
/// The same where jails are selected: of most rows nothing else is read, and who is selected would have to be looked for among all events.
const FEW_SUBJECTS_OF_JAILS: i64 = 4_000;
/// In so many stretches it is seen whether a network is busy.
const PROBED: usize = 3;
/// It is, when they have this part of what is counted at most.
const BUSY: u64 = 20;
/// In so many more a network that stays as busy has all that is counted.
const BUSY_STRETCHES: usize = 60;
/// Events of a network that are looked at for a count of those that are selected: as many as are counted where all are.
const MOST_SEEN: u64 = 10_000;

/// Whether what subjects tell is enough to know how many events are selected.
pub(super) fn is_told(selection: &Selection) -> bool {
    selection.kinds.is_empty() && !selection.is_narrowed()
}

/// How many selected events there are in a network, at most about `limit`: by what its subjects say of the stretches, when these are few and that is enough to know, and
/// otherwise stretch by stretch.
pub(super) fn count(
    moment: &Moment<'_>,
    bounds: &Bounds,
    selection: &Selection,
    window: &Window,
    limit: u64,
) -> Result<Sum, StorageError> {
    if !is_told(selection) {
        return walk(moment, bounds, selection, window, limit);
    }
    if !selection.is_any() || window.oldest_first {
        return told_or_walk(moment, bounds, selection, window, limit);
    }
    // A busy one has enough in some stretches: to see that takes less than to look how many subjects it has.
    let mut walked = walk_all(moment, bounds, window, limit, PROBED)?;
    let is_busy = walked.events >= (limit / BUSY).max(1);
    if let Some(older) = walked.rest.filter(|_| is_busy) {
        let left = limit.saturating_sub(walked.events);
        let more = walk_all(moment, bounds, &older, left, BUSY_STRETCHES)?;
        walked.events += more.events;
        walked.rest = more.rest;
    }
    let Some(older) = walked.rest else {
        return Ok(Sum {
            events: walked.events,
            more: false,
        });
    };
    let left = limit.saturating_sub(walked.events);
    let told = told_or_walk(moment, bounds, selection, &older, left)?;
    Ok(Sum {
        events: walked.events + told.events,
        ..told
    })
}

/// The same by what the subjects say, when that can be.
fn told_or_walk(
    moment: &Moment<'_>,
    bounds: &Bounds,
    selection: &Selection,
    window: &Window,
    limit: u64,
) -> Result<Sum, StorageError> {
    // What was forgotten is told by subjects still.
    let forgotten = counting::forgotten_before(moment)?.unwrap_or(i64::MIN);
    let known = Window {
        from: window.from.max(forgotten),
        ..*window
    };
    let whole = stretches::whole(moment, &known);
    if whole.is_empty() || !has_few_subjects(moment, bounds, selection)? {
        return walk(moment, bounds, selection, window, limit);
    }
    let mut counted = Sum {
        events: told_by_subjects(moment, bounds, selection, &whole)?,
        more: false,
    };
    for rest in stretches::beside(&whole, window) {
        if counted.events < limit {
            let more = walk(moment, bounds, selection, &rest, limit - counted.events)?;
            counted.events += more.events;
            counted.more |= more.more;
        }
    }
    Ok(counted)
}

fn walk(
    connection: &Connection,
    bounds: &Bounds,
    selection: &Selection,
    window: &Window,
    limit: u64,
) -> Result<Sum, StorageError> {
    if selection.is_any() {
        let walked = walk_all(connection, bounds, window, limit, usize::MAX)?;
        return Ok(Sum {
            events: walked.events,
            more: false,
        });
    }
    if let Some(origins) = selection.only_not_detected() {
        return walk_not_detected(connection, bounds, origins, window, limit);
    }
    walk_selected(connection, bounds, selection, window, limit)
}

/// Counts what has one of these origins, which are not that of what was detected: stretch by stretch, each by SQLite alone, and as [`walk_selected`] gives up after some
/// that were looked at.
fn walk_not_detected(
    connection: &Connection,
    bounds: &Bounds,
    origins: &[i64],
    window: &Window,
    limit: u64,
) -> Result<Sum, StorageError> {
    // One more tells that there are more.
    const LIMIT: i64 = MOST_SEEN.cast_signed() + 1;
    let length = bounds.length();
    let (origin, other) = (origins.first(), origins.last());
    let parameters: [(&str, &dyn ToSql); 9] = [
        (":length", &length),
        (":first", &bounds.first),
        (":last", &bounds.last),
        (":prefix", &bounds.prefix),
        (":from", &window.from),
        (":until", &window.until),
        (":origin", &origin),
        (":other", &other),
        (":limit", &LIMIT),
    ];
    let query = queries::EVENTS_COUNT_IN_NETWORK_NOT_DETECTED;
    let mut statement = PerStretch::prepare(connection, query, &parameters)?;
    let (mut counted, mut seen) = (Sum::default(), 0);
    stretches::each(connection, Divided::ByAddress, window, |stretch| {
        let mut rows = statement.of(stretch)?.raw_query();
        let Some(row) = rows.next().map_err(driver)? else {
            return Ok(Visit::default());
        };
        let number = |column| row.get::<_, i64>(column).map(i64::unsigned_abs);
        let (here, selected) = (number(0).map_err(driver)?, number(1).map_err(driver)?);
        seen += here;
        counted.events += selected;
        counted.more = seen > MOST_SEEN;
        Ok(Visit {
            found: here > 0,
            enough: counted.more || counted.events >= limit,
        })
    })?;
    Ok(counted)
}

/// Looks at the events of a network one by one, the newest stretches first, and gives up after some: of a large network nearly none may be selected.
fn walk_selected(
    connection: &Connection,
    bounds: &Bounds,
    selection: &Selection,
    window: &Window,
    limit: u64,
) -> Result<Sum, StorageError> {
    let mut counted = Sum::default();
    let mut seen = 0;
    let mut asked = of_network(connection, bounds, selection)?;
    stretches::each(connection, Divided::ByAddress, window, |stretch| {
        asked.in_stretch(stretch, |found| {
            if seen >= MOST_SEEN {
                counted.more = true;
                return Break(());
            }
            seen += 1;
            counted.events += u64::from(found.fits(selection) && window.has(found.place()));
            if counted.events < limit {
                Continue(())
            } else {
                Break(())
            }
        })
    })?;
    Ok(counted)
}

fn has_few_subjects(
    connection: &Connection,
    bounds: &Bounds,
    selection: &Selection,
) -> Result<bool, StorageError> {
    let most = if selection.is_any() {
        FEW_SUBJECTS
    } else {
        FEW_SUBJECTS_OF_JAILS
    };
    let parameters = named_params! {
        ":length": bounds.length(), ":first": bounds.first, ":last": bounds.last, ":prefix": bounds.prefix, ":most": most,
    };
    connection
        .prepare_cached(queries::SUBJECTS_ARE_MORE)
        .and_then(|mut statement| statement.query_row(parameters, |row| row.get(0)))
        .map(|more: bool| !more)
        .map_err(driver)
}

/// The events of these stretches, as the subjects in a network tell them.
fn told_by_subjects(
    connection: &Connection,
    bounds: &Bounds,
    selection: &Selection,
    stretches: &Range<i64>,
) -> Result<u64, StorageError> {
    let parameters = named_params! {
        ":length": bounds.length(), ":first": bounds.first, ":last": bounds.last, ":prefix": bounds.prefix,
    };
    let mut statement = connection
        .prepare_cached(queries::SUBJECTS_STRETCHES_IN_NETWORK)
        .map_err(driver)?;
    let mut rows = statement.query(parameters).map_err(driver)?;
    let mut count = 0;
    while let Some(row) = rows.next().map_err(driver)? {
        if !selection.has_jail(row.get(1).map_err(driver)?) {
            continue;
        }
        subjects::each_stretch(row, |stretch, events| {
            if stretches.contains(&stretch) {
                count += events;
            }
        })?;
    }
    Ok(count)
}

/// What was counted, and what is left.
struct Walked {
    events: u64,
    /// Before the stretches that were visited, unless that is not wanted.
    rest: Option<Window>,
}

/// Counts stretch by stretch, each by SQLite alone; at most about `limit` events, in at most so many stretches.
fn walk_all(
    connection: &Connection,
    bounds: &Bounds,
    window: &Window,
    limit: u64,
    most_stretches: usize,
) -> Result<Walked, StorageError> {
    let mut walked = Walked {
        events: 0,
        rest: None,
    };
    let length = bounds.length();
    let mut parameters: Vec<(&str, &dyn ToSql)> = vec![
        (":length", &length),
        (":first", &bounds.first),
        (":last", &bounds.last),
        (":prefix", &bounds.prefix),
    ];
    // Without its time a row takes a sixth less.
    let query = if stretches::are_whole_until_the_end(window) {
        queries::EVENTS_COUNT_IN_NETWORK_EVER
    } else {
        parameters.extend([
            (":from", &window.from as &dyn ToSql),
            (":until", &window.until),
        ]);
        queries::EVENTS_COUNT_IN_NETWORK
    };
    let mut statement = PerStretch::prepare(connection, query, &parameters)?;
    let mut visited = 0;
    stretches::each(connection, Divided::ByAddress, window, |stretch| {
        let left = limit.saturating_sub(walked.events);
        let mut rows = statement.of_at_most(stretch, left)?.raw_query();
        let row = rows.next().map_err(driver)?;
        let here = row.map_or(Ok(0), |row| row.get::<_, i64>(0));
        let here = here.map_err(driver)?.unsigned_abs();
        walked.events += here;
        visited += 1;
        let are_all = walked.events >= limit;
        // Those before 1970 end where others begin.
        if visited >= most_stretches && stretch > 0 && !are_all {
            walked.rest = Some(stretches::before(stretch, window));
        }
        Ok(Visit {
            found: here > 0,
            enough: are_all || walked.rest.is_some(),
        })
    })?;
    Ok(walked)
}

#[cfg(test)]
mod tests;
