//! Rows of `allowlist`.
use std::net::IpAddr;

use domain::{AllowEntry, AllowId, HostId, NewAllowEntry, StorageError, Timestamp};
use rusqlite::{Connection, Row, named_params};

use super::{
    super::{error::driver, queries},
    inconsistent,
    lists::{execute, time},
};

const TABLE: &str = "allowlist";

pub(super) fn all(connection: &Connection) -> Result<Vec<AllowEntry>, StorageError> {
    let mut statement = connection
        .prepare_cached(queries::ALLOWLIST_ALL)
        .map_err(driver)?;
    let mut rows = statement.query([]).map_err(driver)?;
    let mut entries = Vec::new();
    while let Some(row) = rows.next().map_err(driver)? {
        entries.push(entry(row)?);
    }
    Ok(entries)
}

fn entry(row: &Row<'_>) -> Result<AllowEntry, StorageError> {
    let text = |column| row.get::<_, String>(column).map_err(driver);
    let bad = |what| inconsistent(TABLE, what);
    let host: Option<String> = row.get("host").map_err(driver)?;
    let host = host.map(|host| host.parse()).transpose();
    Ok(AllowEntry {
        id: AllowId(row.get("id").map_err(driver)?),
        entry: NewAllowEntry {
            subject: text("subject")?
                .parse()
                .map_err(|_| bad("subject is none"))?,
            note: text("note")?.parse().map_err(|_| bad("note is none"))?,
            owner: text("owner")?
                .parse()
                .map_err(|_| bad("owner is no name"))?,
            created_at: Timestamp::from_millis(row.get("created_at").map_err(driver)?),
            expires_at: time(row, "expires_at")?,
            host: host.map_err(|_| bad("host is no name"))?,
        },
        removed_at: time(row, "removed_at")?,
        addresses: addresses(row)?,
        written: row.get("written").map_err(driver)?,
    })
}

fn addresses(row: &Row<'_>) -> Result<Vec<IpAddr>, StorageError> {
    let text: String = row.get("addresses").map_err(driver)?;
    serde_json::from_str(&text).map_err(|_| inconsistent(TABLE, "addresses are none"))
}

/// Keeps what names were found to be.
pub(super) fn found(
    connection: &Connection,
    found: &[(AllowId, Vec<IpAddr>)],
) -> Result<(), StorageError> {
    found.iter().try_for_each(|(id, addresses)| {
        let text = serde_json::json!(addresses).to_string();
        let values = named_params! { ":id": id.0, ":addresses": text };
        execute(connection, queries::ALLOWLIST_FOUND, values).map(|_| ())
    })
}

/// Keeps of entries whether they were written.
pub(super) fn wrote(
    connection: &Connection,
    written: &[(AllowId, bool)],
) -> Result<(), StorageError> {
    written.iter().try_for_each(|(id, written)| {
        let values = named_params! { ":id": id.0, ":written": written };
        execute(connection, queries::ALLOWLIST_WRITTEN, values).map(|_| ())
    })
}

/// Adds an entry; `None` where one that holds says the same.
pub(super) fn insert(
    connection: &Connection,
    new: &NewAllowEntry,
) -> Result<Option<AllowId>, StorageError> {
    let subject = new.subject.to_string();
    let host = new.host.as_ref().map(HostId::as_str);
    let now = new.created_at.as_millis();
    let holds: bool = connection
        .prepare_cached(queries::ALLOWLIST_HOLDS)
        .and_then(|mut statement| {
            let values = named_params! { ":subject": subject, ":host": host, ":now": now };
            statement.query_row(values, |row| row.get(0))
        })
        .map_err(driver)?;
    if holds {
        return Ok(None);
    }
    connection
        .prepare_cached(queries::ALLOWLIST_INSERT)
        .and_then(|mut statement| {
            let values = named_params! {
                ":subject": subject,
                ":host": host,
                ":note": new.note.as_str(),
                ":owner": new.owner.as_str(),
                ":created_at": now,
                ":expires_at": new.expires_at.map(Timestamp::as_millis),
            };
            statement.query_row(values, |row| row.get("id").map(AllowId))
        })
        .map(Some)
        .map_err(driver)
}

/// Changes note and expiry; `false` where there is no such entry.
pub(super) fn update(connection: &Connection, entry: &AllowEntry) -> Result<bool, StorageError> {
    execute(
        connection,
        queries::ALLOWLIST_UPDATE,
        named_params! {
            ":id": entry.id.0,
            ":note": entry.entry.note.as_str(),
            ":expires_at": entry.entry.expires_at.map(Timestamp::as_millis),
        },
    )
}

/// Ends entries; answers how many did not end before.
pub(super) fn remove(
    connection: &Connection,
    ids: &[AllowId],
    at: Timestamp,
) -> Result<u64, StorageError> {
    let mut removed = 0;
    for id in ids {
        let values = named_params! { ":id": id.0, ":at": at.as_millis() };
        removed += u64::from(execute(connection, queries::ALLOWLIST_REMOVE, values)?);
    }
    Ok(removed)
}

pub(super) fn forget(connection: &Connection, ids: &[AllowId]) -> Result<(), StorageError> {
    ids.iter().try_for_each(|id| {
        let values = named_params! { ":id": id.0 };
        execute(connection, queries::ALLOWLIST_FORGET, values).map(|_| ())
    })
}
