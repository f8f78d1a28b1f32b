//! Retention: events go, what was counted stays.
use domain::{StorageError, Timestamp};
use rusqlite::{Connection, named_params};

use super::super::{error::driver, queries};
use super::recent::{Recent, States};

/// Of what is in the tables, removes at most `limit` rows; answers how many.
pub(super) fn forget(
    (connection, states): (&Connection, &States),
    (events_before, failures_before): (Timestamp, Timestamp),
    limit: usize,
) -> Result<u64, StorageError> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let gone = events(connection, events_before, limit)?;
    if gone > 0 {
        let mut recent = Recent::clone(&*states.written(connection)?);
        recent.tables_changed(connection)?;
        states.set(recent);
    }
    let failures = connection
        .prepare_cached(queries::FAILURES_FORGET)
        .and_then(|mut statement| {
            statement.execute(named_params! {
                ":before": failures_before.as_millis(), ":limit": limit.saturating_sub_unsigned(gone)
            })
        })
        .map_err(driver)?;
    Ok(gone + u64::try_from(failures).unwrap_or(u64::MAX))
}

fn events(connection: &Connection, before: Timestamp, limit: i64) -> Result<u64, StorageError> {
    let before = before.as_millis();
    let ids: Vec<i64> = connection
        .prepare_cached(queries::EVENTS_FORGETTABLE)
        .and_then(|mut statement| {
            statement
                .query_map(
                    named_params! { ":before": before, ":limit": limit },
                    |row| row.get(0),
                )?
                .collect()
        })
        .map_err(driver)?;
    for query in [queries::EVENTS_LINES_DELETE, queries::EVENTS_DELETE] {
        let mut statement = connection.prepare_cached(query).map_err(driver)?;
        for id in &ids {
            statement.execute([id]).map_err(driver)?;
        }
    }
    let gone = u64::try_from(ids.len()).unwrap_or(u64::MAX);
    if gone > 0 {
        connection
            .prepare_cached(queries::HISTORY_FORGET)
            .and_then(|mut statement| {
                statement.execute(named_params! {
                    ":gone": gone.cast_signed(), ":before": before
                })
            })
            .map_err(driver)?;
    }
    Ok(gone)
}
