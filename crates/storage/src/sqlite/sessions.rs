//! Rows of `sessions`.
use std::{collections::BTreeSet, net::IpAddr};

use domain::{NewSession, Session, SessionId, SessionWithUser, StorageError, Timestamp, UserId};
use rusqlite::{Connection, Row, named_params};

use super::{address, error::driver, queries, users};

pub(super) fn by_token(
    connection: &Connection,
    token: &[u8; 32],
) -> Result<Option<SessionWithUser>, StorageError> {
    let mut statement = connection
        .prepare_cached(queries::SESSIONS_BY_TOKEN)
        .map_err(driver)?;
    let mut rows = statement
        .query(named_params! { ":token": token })
        .map_err(driver)?;
    let Some(row) = rows.next().map_err(driver)? else {
        return Ok(None);
    };
    Ok(Some(SessionWithUser {
        session: session(row)?,
        user_name: users::name(row)?,
        role: users::role(row)?,
    }))
}

pub(super) fn of_user(
    connection: &Connection,
    user: UserId,
    now: Timestamp,
) -> Result<Vec<Session>, StorageError> {
    let mut statement = connection
        .prepare_cached(queries::SESSIONS_OF_USER)
        .map_err(driver)?;
    let mut rows = statement
        .query(named_params! { ":user": user.0, ":now": now.as_millis() })
        .map_err(driver)?;
    let mut sessions = Vec::new();
    while let Some(row) = rows.next().map_err(driver)? {
        sessions.push(session(row)?);
    }
    Ok(sessions)
}

/// In order of the addresses.
pub(super) fn addresses(
    connection: &Connection,
    now: Timestamp,
) -> Result<Vec<IpAddr>, StorageError> {
    let mut statement = connection
        .prepare_cached(queries::SESSIONS_ADDRESSES)
        .map_err(driver)?;
    let mut rows = statement
        .query(named_params! { ":now": now.as_millis() })
        .map_err(driver)?;
    let mut addresses = BTreeSet::new();
    while let Some(row) = rows.next().map_err(driver)? {
        addresses.insert(address_of(row)?);
    }
    Ok(addresses.into_iter().collect())
}

pub(super) fn insert(connection: &Connection, new: &NewSession) -> Result<(), StorageError> {
    let session = &new.session;
    connection
        .prepare_cached(queries::SESSIONS_INSERT)
        .and_then(|mut statement| {
            statement.execute(named_params! {
                ":id": session.id.0,
                ":token": new.token.0,
                ":user": session.user.0,
                ":created_at": session.created_at.as_millis(),
                ":last_seen_at": session.last_seen_at.as_millis(),
                ":idle_expires_at": session.idle_expires_at.as_millis(),
                ":expires_at": session.expires_at.as_millis(),
                ":address": address::to_bytes(session.address),
                ":user_agent": session.user_agent,
            })
        })
        .map(|_| ())
        .map_err(driver)
}

pub(super) fn touch(
    connection: &Connection,
    seen: &[(SessionId, Timestamp, Timestamp)],
) -> Result<(), StorageError> {
    let mut statement = connection
        .prepare_cached(queries::SESSIONS_TOUCH)
        .map_err(driver)?;
    for (id, seen, idle) in seen {
        statement
            .execute(named_params! {
                ":id": id.0,
                ":seen": seen.as_millis(),
                ":idle": idle.as_millis(),
            })
            .map_err(driver)?;
    }
    Ok(())
}

pub(super) fn delete_one(
    connection: &Connection,
    user: UserId,
    session: &SessionId,
) -> Result<bool, StorageError> {
    connection
        .prepare_cached(queries::SESSIONS_DELETE_ONE)
        .and_then(|mut statement| {
            statement.execute(named_params! { ":id": session.0, ":user": user.0 })
        })
        .map(|deleted| deleted > 0)
        .map_err(driver)
}

pub(super) fn delete_of_user(
    connection: &Connection,
    user: UserId,
    keep: Option<&SessionId>,
) -> Result<u64, StorageError> {
    connection
        .prepare_cached(queries::SESSIONS_DELETE_OF_USER)
        .and_then(|mut statement| {
            let keep = keep.map(|session| &session.0);
            statement.execute(named_params! { ":user": user.0, ":keep": keep })
        })
        .map(count)
        .map_err(driver)
}

pub(super) fn delete_expired(connection: &Connection, now: Timestamp) -> Result<u64, StorageError> {
    connection
        .prepare_cached(queries::SESSIONS_DELETE_EXPIRED)
        .and_then(|mut statement| statement.execute(named_params! { ":now": now.as_millis() }))
        .map(count)
        .map_err(driver)
}

fn session(row: &Row<'_>) -> Result<Session, StorageError> {
    let time = |column| row.get(column).map(Timestamp::from_millis).map_err(driver);
    Ok(Session {
        id: SessionId(row.get("id").map_err(driver)?),
        user: UserId(row.get("user_id").map_err(driver)?),
        created_at: time("created_at")?,
        last_seen_at: time("last_seen_at")?,
        idle_expires_at: time("idle_expires_at")?,
        expires_at: time("expires_at")?,
        address: address_of(row)?,
        user_agent: row.get("user_agent").map_err(driver)?,
    })
}

fn address_of(row: &Row<'_>) -> Result<IpAddr, StorageError> {
    let address: Vec<u8> = row.get("address").map_err(driver)?;
    address::from_bytes(&address).ok_or(StorageError::Inconsistent {
        table: "sessions",
        what: "address is not 4 or 16 bytes",
    })
}

fn count(rows: usize) -> u64 {
    u64::try_from(rows).unwrap_or(u64::MAX)
}
