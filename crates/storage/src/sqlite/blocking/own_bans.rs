//! Rows of `own_bans`.
use domain::{HostId, NewOwnBan, OwnBan, OwnBanId, StorageError, Timestamp, UserName};
use ipnet::IpNet;
use rusqlite::{Connection, OptionalExtension as _, Row, ToSql, named_params};

use super::{
    super::{address, error::driver, queries},
    inconsistent,
    lists::{execute, time},
};

const TABLE: &str = "own_bans";

/// Those in force, newest first.
pub(super) fn in_force(
    connection: &Connection,
    at: Timestamp,
    meets: Option<IpNet>,
) -> Result<Vec<OwnBan>, StorageError> {
    let at = at.as_millis();
    let mut bans = match meets.map(bounds) {
        None => read(
            connection,
            queries::OWN_BANS_IN_FORCE,
            named_params! { ":at": at },
        )?,
        Some((first, last)) => read(
            connection,
            queries::OWN_BANS_IN_FORCE_MEETS,
            named_params! { ":at": at, ":first": first, ":last": last },
        )?,
    };
    bans.sort_unstable_by_key(|ban| std::cmp::Reverse(ban.id));
    Ok(bans)
}

/// A page of all, newest first.
pub(super) fn page(
    connection: &Connection,
    before: Option<OwnBanId>,
    limit: u32,
) -> Result<Vec<OwnBan>, StorageError> {
    let before = before.map_or(i64::MAX, |id| id.0);
    let values = named_params! { ":before": before, ":limit": limit };
    read(connection, queries::OWN_BANS_PAGE, values)
}

fn read(
    connection: &Connection,
    statement: &str,
    values: &[(&str, &dyn ToSql)],
) -> Result<Vec<OwnBan>, StorageError> {
    let mut statement = connection.prepare_cached(statement).map_err(driver)?;
    let mut rows = statement.query(values).map_err(driver)?;
    let mut bans = Vec::new();
    while let Some(row) = rows.next().map_err(driver)? {
        bans.push(ban(row)?);
    }
    Ok(bans)
}

/// The first and the last address of a network.
fn bounds(network: IpNet) -> (Vec<u8>, Vec<u8>) {
    (
        address::to_bytes(network.network()),
        address::to_bytes(network.broadcast()),
    )
}

pub(super) fn count(connection: &Connection, at: Timestamp) -> Result<u64, StorageError> {
    connection
        .prepare_cached(queries::OWN_BANS_COUNT)
        .and_then(|mut statement| {
            statement.query_row(named_params! { ":at": at.as_millis() }, |row| {
                row.get::<_, i64>(0)
            })
        })
        .map(i64::cast_unsigned)
        .map_err(driver)
}

/// Keeps a ban; one of the same network that is in force ends.
pub(super) fn insert(connection: &Connection, new: &NewOwnBan) -> Result<OwnBanId, StorageError> {
    let (first, last) = bounds(new.network);
    let (host, by) = (new.host.as_str(), new.by.as_str());
    connection
        .prepare_cached(queries::OWN_BANS_REPLACE)
        .and_then(|mut statement| {
            statement.execute(named_params! {
                ":host": host,
                ":first": first,
                ":prefix": new.network.prefix_len(),
                ":at": new.since.as_millis(),
                ":by": by,
            })
        })
        .map_err(driver)?;
    connection
        .prepare_cached(queries::OWN_BANS_INSERT)
        .and_then(|mut statement| {
            let values = named_params! {
                ":host": host,
                ":first": first,
                ":last": last,
                ":prefix": new.network.prefix_len(),
                ":since": new.since.as_millis(),
                ":until": new.until.map(Timestamp::as_millis),
                ":reason": new.reason.as_str(),
                ":by": by,
                ":confirmed": new.confirmed.map(address::to_bytes),
            };
            statement.query_row(values, |row| row.get("id").map(OwnBanId))
        })
        .map_err(driver)
}

/// Takes a ban back; the one that it replaced is in force again.
pub(super) fn undo(connection: &Connection, id: OwnBanId) -> Result<(), StorageError> {
    let undone = connection
        .prepare_cached(queries::OWN_BANS_UNDO)
        .and_then(|mut statement| {
            let values = named_params! { ":id": id.0 };
            statement.query_row(values, replaced).optional()
        })
        .map_err(driver)?;
    let Some((host, first, prefix, since)) = undone else {
        return Ok(());
    };
    let values =
        named_params! { ":host": host, ":first": first, ":prefix": prefix, ":since": since };
    execute(connection, queries::OWN_BANS_REOPEN, values).map(|_| ())
}

/// Host, first address, prefix and beginning of a ban.
type Replaced = (String, Vec<u8>, u8, i64);

fn replaced(row: &Row<'_>) -> rusqlite::Result<Replaced> {
    Ok((
        row.get("host")?,
        row.get("first")?,
        row.get("prefix")?,
        row.get("since")?,
    ))
}

/// Ends a ban; `None` where it is over or there is none.
pub(super) fn end(
    connection: &Connection,
    (host, id): (&HostId, OwnBanId),
    at: Timestamp,
    by: &UserName,
) -> Result<Option<OwnBan>, StorageError> {
    connection
        .prepare_cached(queries::OWN_BANS_END)
        .and_then(|mut statement| {
            let values = named_params! {
                ":id": id.0,
                ":host": host.as_str(),
                ":at": at.as_millis(),
                ":by": by.as_str(),
            };
            statement.query_row(values, |row| Ok(ban(row))).optional()
        })
        .map_err(driver)?
        .transpose()
}

/// Removes some that ended before a moment; answers how many.
pub(super) fn forget(
    connection: &Connection,
    before: Timestamp,
    limit: usize,
) -> Result<u64, StorageError> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    connection
        .prepare_cached(queries::OWN_BANS_FORGET)
        .and_then(|mut statement| {
            statement.execute(named_params! { ":before": before.as_millis(), ":limit": limit })
        })
        .map(|removed| u64::try_from(removed).unwrap_or(u64::MAX))
        .map_err(driver)
}

fn ban(row: &Row<'_>) -> Result<OwnBan, StorageError> {
    let bad = |what| inconsistent(TABLE, what);
    let text = |column| row.get::<_, String>(column).map_err(driver);
    let name = |text: String| {
        let name = text.parse::<UserName>();
        name.map_err(|_| inconsistent(TABLE, "a person is no name"))
    };
    let first: Vec<u8> = row.get("first").map_err(driver)?;
    let prefix: u8 = row.get("prefix").map_err(driver)?;
    let network = address::from_bytes(&first)
        .and_then(|first| IpNet::new(first, prefix).ok())
        .ok_or(bad("the network is none"))?;
    let confirmed: Option<Vec<u8>> = row.get("confirmed").map_err(driver)?;
    let confirmed = confirmed.map(|bytes| address::from_bytes(&bytes));
    let confirmed = confirmed.map(|address| address.ok_or(bad("the confirmed address is none")));
    let ended_by: Option<String> = row.get("ended_by").map_err(driver)?;
    let ended_by = ended_by.map(name).transpose()?;
    Ok(OwnBan {
        id: OwnBanId(row.get("id").map_err(driver)?),
        ban: NewOwnBan {
            host: text("host")?.parse().map_err(|_| bad("host is no name"))?,
            network,
            since: Timestamp::from_millis(row.get("since").map_err(driver)?),
            until: time(row, "until")?,
            reason: text("reason")?.parse().map_err(|_| bad("reason is none"))?,
            by: name(text("by")?)?,
            confirmed: confirmed.transpose()?,
        },
        ended: time(row, "ended_at")?.zip(ended_by),
    })
}
