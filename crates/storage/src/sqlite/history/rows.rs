//! Rows of `events` as events.
use domain::{Event, EventId, HeardEvent, StorageError, Timestamp};
use rusqlite::{Connection, Row};

use super::super::{error::driver, queries};
use super::{
    codes,
    names::{self, Jails},
    subject::to_subject,
};

/// An event by its key, without lines.
pub(super) fn by_id(
    connection: &Connection,
    jails: &Jails,
    id: i64,
) -> Result<Option<Event>, StorageError> {
    let mut statement = connection
        .prepare_cached(queries::EVENTS_BY_ID)
        .map_err(driver)?;
    let mut rows = statement.query([id]).map_err(driver)?;
    let row = rows.next().map_err(driver)?;
    row.map(|row| event(connection, row, jails)).transpose()
}

/// Events by their keys, in the order given. One that was forgotten meanwhile is left out.
pub(super) fn by_ids(
    connection: &Connection,
    jails: &Jails,
    ids: impl ExactSizeIterator<Item = i64>,
) -> Result<Vec<Event>, StorageError> {
    let mut events = Vec::with_capacity(ids.len());
    let mut statement = connection
        .prepare_cached(queries::EVENTS_BY_ID)
        .map_err(driver)?;
    for id in ids {
        let mut rows = statement.query([id]).map_err(driver)?;
        if let Some(row) = rows.next().map_err(driver)? {
            events.push(event(connection, row, jails)?);
        }
    }
    Ok(events)
}

/// Events stored after a key.
pub(super) fn after(
    connection: &Connection,
    id: i64,
    limit: usize,
) -> Result<Vec<Event>, StorageError> {
    let jails = Jails::load(connection)?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut statement = connection
        .prepare_cached(queries::EVENTS_AFTER)
        .map_err(driver)?;
    let mut rows = statement.query([id, limit]).map_err(driver)?;
    let mut events = Vec::new();
    while let Some(row) = rows.next().map_err(driver)? {
        events.push(event(connection, row, &jails)?);
    }
    Ok(events)
}

/// The lines of an event.
pub(super) fn lines(connection: &Connection, id: i64) -> Result<Vec<String>, StorageError> {
    let mut statement = connection
        .prepare_cached(queries::EVENTS_LINES)
        .map_err(driver)?;
    let mut rows = statement.query([id]).map_err(driver)?;
    let Some(row) = rows.next().map_err(driver)? else {
        return Ok(Vec::new());
    };
    let text: String = row.get(0).map_err(driver)?;
    serde_json::from_str(&text).map_err(|_| codes::inconsistent("lines are not readable"))
}

fn event(connection: &Connection, row: &Row<'_>, jails: &Jails) -> Result<Event, StorageError> {
    let number = |column| row.get::<_, i64>(column).map_err(driver);
    let jail = jails.get(number(2)?)?;
    let address = row.get_ref(5).map_err(driver)?;
    let address = address
        .as_blob()
        .map_err(|_| codes::inconsistent("address is no bytes"))?;
    let subject = to_subject(address, row.get(6).map_err(driver)?, || {
        names::text(connection, number(15)?)
    })?;
    let actor = row
        .get::<_, Option<i64>>(14)
        .map_err(driver)?
        .map(|actor| {
            // Few events have one: a join would cost each row more than this costs these.
            names::actor(connection, actor)?
                .and_then(|name| name.parse().ok())
                .ok_or(codes::inconsistent("actor is not a user's name"))
        })
        .transpose()?;
    let cause = row
        .get::<_, Option<i64>>(9)
        .map_err(driver)?
        .map(codes::to_cause)
        .transpose()?;
    Ok(Event {
        id: EventId(number(0)?),
        host: jail.host.clone(),
        what: HeardEvent {
            at: Timestamp::from_millis(number(1)?),
            kind: codes::to_kind(number(3)?)?,
            jail: jail.name.clone(),
            subject,
            origin: codes::to_origin(number(4)?)?,
            actor,
            cause,
            bantime_seconds: row.get(10).map_err(driver)?,
            failures: row.get(11).map_err(driver)?,
            ban_count: row.get(12).map_err(driver)?,
            lines: Vec::new(),
        },
        place: codes::to_place(number(7)?, number(8)?)?,
        has_lines: row.get(13).map_err(driver)?,
    })
}
