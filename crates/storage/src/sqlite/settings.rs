//! Rows of `settings` and `setup`.
use domain::{Settings, StorageError};
use rusqlite::{Connection, named_params};

use super::{error::driver, queries};

pub(super) fn setup_completed(connection: &Connection) -> Result<bool, StorageError> {
    connection
        .prepare_cached(queries::SETUP_COMPLETED)
        .and_then(|mut statement| statement.query_row([], |row| row.get(0)))
        .map_err(driver)
}

/// Sets the one-way flag; `false` when it was set before.
pub(super) fn complete_setup(connection: &Connection, at: i64) -> Result<bool, StorageError> {
    connection
        .prepare_cached(queries::SETUP_COMPLETE)
        .and_then(|mut statement| statement.execute(named_params! { ":at": at }))
        .map(|inserted| inserted == 1)
        .map_err(driver)
}

pub(super) fn current(connection: &Connection) -> Result<Option<Settings>, StorageError> {
    let mut statement = connection
        .prepare_cached(queries::SETTINGS_CURRENT)
        .map_err(driver)?;
    let mut rows = statement.query([]).map_err(driver)?;
    let Some(row) = rows.next().map_err(driver)? else {
        return Ok(None);
    };
    let time_zone: String = row.get("time_zone").map_err(driver)?;
    Ok(Some(Settings {
        time_zone: time_zone.parse().map_err(|_| StorageError::Inconsistent {
            table: "settings",
            what: "time_zone is not in the time zone database",
        })?,
        session_idle_seconds: row.get("session_idle_seconds").map_err(driver)?,
        session_absolute_seconds: row.get("session_absolute_seconds").map_err(driver)?,
        fail2ban_socket: row.get("fail2ban_socket").map_err(driver)?,
        retention_days: row.get("retention_days").map_err(driver)?,
        online_lookups: row.get("online_lookups").map_err(driver)?,
        blocked_connections_stay: row.get("blocked_connections_stay").map_err(driver)?,
    }))
}

pub(super) fn insert(connection: &Connection, settings: &Settings) -> Result<(), StorageError> {
    write(connection, queries::SETTINGS_INSERT, settings).map(|_| ())
}

pub(super) fn update(connection: &Connection, settings: &Settings) -> Result<(), StorageError> {
    let changed = write(connection, queries::SETTINGS_UPDATE, settings)?;
    if changed == 0 {
        return Err(StorageError::Inconsistent {
            table: "settings",
            what: "there are none before the setup",
        });
    }
    Ok(())
}

fn write(connection: &Connection, sql: &str, settings: &Settings) -> Result<usize, StorageError> {
    connection
        .prepare_cached(sql)
        .and_then(|mut statement| {
            statement.execute(named_params! {
                ":time_zone": settings.time_zone.as_str(),
                ":idle": settings.session_idle_seconds,
                ":absolute": settings.session_absolute_seconds,
                ":socket": settings.fail2ban_socket,
                ":retention_days": settings.retention_days,
                ":online_lookups": settings.online_lookups,
                ":blocked_connections_stay": settings.blocked_connections_stay,
            })
        })
        .map_err(driver)
}
