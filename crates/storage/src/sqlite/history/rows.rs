//! Rows of `events` as events.
use domain::{Event, EventId, HeardEvent, StorageError, Timestamp, UserName};
use rusqlite::{Connection, Row};

use super::super::{error::driver, queries};
use super::{
    codes,
    moment::Moment,
    names::{self, Jails},
    recent::Entry,
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

/// A recent event.
pub(super) fn of_entry(
    connection: &Connection,
    jails: &Jails,
    entry: &Entry,
) -> Result<Event, StorageError> {
    let jail = jails.get(entry.is.jail)?;
    let known = &entry.known;
    Ok(Event {
        id: EventId(entry.id),
        host: jail.host.clone(),
        what: HeardEvent {
            at: Timestamp::from_millis(entry.is.at),
            kind: codes::to_kind(entry.is.kind)?,
            jail: jail.name.clone(),
            subject: entry
                .subject
                .subject(|| names::text(connection, entry.subject.text))?,
            origin: codes::to_origin(known.origin)?,
            actor: actor(connection, known.actor)?,
            cause: known.cause.map(codes::to_cause).transpose()?,
            bantime_seconds: known.bantime,
            failures: known.failures,
            ban_count: known.ban_count,
            lines: Vec::new(),
        },
        place: codes::to_place(known.country, known.asn)?,
        has_lines: known.lines,
    })
}

fn actor(connection: &Connection, id: Option<i64>) -> Result<Option<UserName>, StorageError> {
    // Few events have one: a join would cost each row more than this costs these.
    id.map(|id| {
        names::actor(connection, id)?
            .and_then(|name| name.parse().ok())
            .ok_or(codes::inconsistent("actor is not a user's name"))
    })
    .transpose()
}

/// Events by their keys, in the order given. One that was forgotten meanwhile is left out.
pub(super) fn by_ids(
    moment: &Moment<'_>,
    jails: &Jails,
    ids: impl ExactSizeIterator<Item = i64>,
) -> Result<Vec<Event>, StorageError> {
    let mut events = Vec::with_capacity(ids.len());
    let mut statement = moment
        .prepare_cached(queries::EVENTS_BY_ID)
        .map_err(driver)?;
    for id in ids {
        if let Some(entry) = moment.recent().event(id) {
            events.push(of_entry(moment, jails, &entry)?);
            continue;
        }
        let mut rows = statement.query([id]).map_err(driver)?;
        if let Some(row) = rows.next().map_err(driver)? {
            events.push(event(moment, row, jails)?);
        }
    }
    Ok(events)
}

/// Events stored after a key.
pub(super) fn after(
    moment: &Moment<'_>,
    id: i64,
    limit: usize,
) -> Result<Vec<Event>, StorageError> {
    let jails = moment.jails()?;
    let rows_limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut statement = moment
        .prepare_cached(queries::EVENTS_AFTER)
        .map_err(driver)?;
    let mut rows = statement.query([id, rows_limit]).map_err(driver)?;
    let mut events = Vec::new();
    while let Some(row) = rows.next().map_err(driver)? {
        events.push(event(moment, row, &jails)?);
    }
    let recent = moment.recent().after(id).take(limit);
    for entry in recent {
        events.push(of_entry(moment, &jails, &entry)?);
    }
    events.sort_by_key(|event| event.id);
    events.truncate(limit);
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
    let actor = actor(connection, row.get(14).map_err(driver)?)?;
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
