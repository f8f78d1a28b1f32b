//! How many there are.
use domain::{Count, EventFilter, HistorySize, StorageError, Timestamp};
use rusqlite::Connection;

use super::super::{error::driver, queries};
use super::{
    bans, codes,
    in_network::{self, Subject},
    moment::Moment,
    places::Window,
    ranges,
    selection::{Selection, every_kind},
};

/// What is counted with every event.
struct Figures {
    events: u64,
    last_event: i64,
    forgotten_before: Option<i64>,
}

fn figures(connection: &Connection) -> Result<Figures, StorageError> {
    connection
        .prepare_cached(queries::HISTORY_FIGURES)
        .and_then(|mut statement| {
            statement.query_row([], |row| {
                Ok(Figures {
                    events: row.get::<_, i64>(0)?.unsigned_abs(),
                    last_event: row.get(1)?,
                    forgotten_before: row.get(2)?,
                })
            })
        })
        .map_err(driver)
}

/// The key of the event stored last; 0 before the first.
pub(super) fn last_event(connection: &Connection) -> Result<i64, StorageError> {
    figures(connection).map(|figures| figures.last_event)
}

/// Events before this moment may have been forgotten; `None` when none was.
pub(super) fn forgotten_before(connection: &Connection) -> Result<Option<i64>, StorageError> {
    figures(connection).map(|figures| figures.forgotten_before)
}

/// The moment of the newest event that is not recent.
pub(super) fn newest_in_tables(connection: &Connection) -> Result<Option<i64>, StorageError> {
    connection
        .prepare_cached(queries::EVENTS_NEWEST)
        .and_then(|mut statement| statement.query_row([], |row| row.get(0)))
        .map_err(driver)
}

/// How many events fit, at most `limit` unless it is known without counting.
pub(super) fn events(
    moment: &Moment<'_>,
    filter: &EventFilter,
    limit: u64,
) -> Result<Count, StorageError> {
    let jails = moment.jails()?;
    let selection = Selection::of_events(filter, &jails);
    let window = Window::all(filter.range, false);
    if selection.is_empty() || window.from >= window.until {
        return Ok(exactly(0));
    }
    let recent = |subject| moment.recent().count(subject, &selection, &window);
    if let Some(subject) = Subject::of(moment, filter)? {
        let settled = in_network::count(moment, &subject, &selection, &window, limit)?;
        let counted = limited(settled.events + recent(Some(&subject)), limit);
        return Ok(Count {
            more: counted.more || settled.more,
            ..counted
        });
    }
    if filter.range.is_none()
        && selection.is_all()
        && selection.origins.is_empty()
        && every_kind(&filter.kinds)
    {
        return Ok(exactly(figures(moment)?.events));
    }
    if selection.kinds == [codes::BAN] {
        return bans(moment, &selection, &window).map(exactly);
    }
    let mut counted = recent(None);
    if counted < limit {
        counted += ranges::count(moment, &selection, &jails, &window, limit - counted)?;
    }
    Ok(limited(counted, limit))
}

/// Roll-ups remember bans whose events were forgotten, so only the time after that counts.
fn bans(moment: &Moment<'_>, selection: &Selection, window: &Window) -> Result<u64, StorageError> {
    let from =
        forgotten_before(moment)?.map_or(window.from, |forgotten| forgotten.max(window.from));
    let edges = [from, window.until.max(from)];
    Ok(bans::series(moment, selection, &edges)?.into_iter().sum())
}

const fn exactly(count: u64) -> Count {
    Count { count, more: false }
}

fn limited(count: u64, limit: u64) -> Count {
    Count {
        count: count.min(limit),
        more: count >= limit,
    }
}

/// How much is kept.
pub(super) fn size(moment: &Moment<'_>) -> Result<HistorySize, StorageError> {
    let oldest: Option<i64> = moment
        .prepare_cached(queries::EVENTS_OLDEST)
        .and_then(|mut statement| statement.query_row([], |row| row.get(0)))
        .map_err(driver)?;
    let recent = moment.recent().oldest();
    let oldest = oldest.into_iter().chain(recent).min();
    let bytes: i64 = moment
        .prepare_cached(queries::HISTORY_BYTES)
        .and_then(|mut statement| statement.query_row([], |row| row.get(0)))
        .map_err(driver)?;
    // The log is folded into the file in time; until then both take room.
    let log = moment
        .path()
        .and_then(|path| std::fs::metadata(format!("{path}-wal")).ok())
        .map_or(0, |log| log.len());
    Ok(HistorySize {
        events: figures(moment)?.events,
        oldest: oldest.map(Timestamp::from_millis),
        bytes: bytes.unsigned_abs() + log,
    })
}
