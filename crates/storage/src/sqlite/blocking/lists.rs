//! Rows of `blocklists` and `blocklist_copies`.
use domain::{
    BlockDirection, BlockTarget, Blocklist, BlocklistId, BlocklistSettings, ListCopy, ListTry,
    StorageError, TakenCopy, Timestamp, WaitingCopy,
};
use ipnet::IpNet;
use rusqlite::{Connection, OptionalExtension as _, Row, ToSql, named_params};

use super::{
    super::{error::driver, queries},
    inconsistent, networks, runs,
};

const TABLE: &str = "blocklists";

/// One source, or all by name.
pub(super) fn read(
    connection: &Connection,
    id: Option<BlocklistId>,
) -> Result<Vec<Blocklist>, StorageError> {
    let mut statement = connection
        .prepare_cached(queries::BLOCKLISTS_ALL)
        .map_err(driver)?;
    let mut rows = statement
        .query(named_params! { ":id": id.map(|id| id.0) })
        .map_err(driver)?;
    let mut lists = Vec::new();
    while let Some(row) = rows.next().map_err(driver)? {
        lists.push(list(row)?);
    }
    for list in &mut lists {
        list.last = runs::last(connection, list.id, 1)?.pop();
    }
    Ok(lists)
}

fn list(row: &Row<'_>) -> Result<Blocklist, StorageError> {
    Ok(Blocklist {
        id: BlocklistId(row.get("id").map_err(driver)?),
        settings: settings(row)?,
        created_at: Timestamp::from_millis(row.get("created_at").map_err(driver)?),
        copy: copy(row, "copy_id", "copy_at", "copy_networks")?,
        waiting: waiting(row)?,
        failures: row.get("failures").map_err(driver)?,
        next_at: time(row, "next_at")?,
        etag: row.get("etag").map_err(driver)?,
        last_modified: row.get("last_modified").map_err(driver)?,
        content: row.get("content").map_err(driver)?,
        last: None,
    })
}

fn settings(row: &Row<'_>) -> Result<BlocklistSettings, StorageError> {
    let text = |column| row.get::<_, String>(column).map_err(driver);
    let flag = |column| row.get::<_, bool>(column).map_err(driver);
    let jail: Option<String> = row.get("jail").map_err(driver)?;
    let target = jail.map_or(Ok(BlockTarget::Firewall), |jail| {
        let jail = jail.parse().map(BlockTarget::Jail);
        jail.map_err(|_| inconsistent(TABLE, "jail is no name"))
    })?;
    let no_name = |_| inconsistent(TABLE, "name or note is none");
    Ok(BlocklistSettings {
        name: text("name")?.parse().map_err(no_name)?,
        url: text("url")?,
        allow_http: flag("allow_http")?,
        every_seconds: row.get("every_seconds").map_err(driver)?,
        enabled: flag("enabled")?,
        target,
        direction: if flag("both_ways")? {
            BlockDirection::InAndOut
        } else {
            BlockDirection::In
        },
        note: text("note")?.parse().map_err(no_name)?,
    })
}

pub(super) fn time(row: &Row<'_>, column: &str) -> Result<Option<Timestamp>, StorageError> {
    let millis: Option<i64> = row.get(column).map_err(driver)?;
    Ok(millis.map(Timestamp::from_millis))
}

fn copy(
    row: &Row<'_>,
    id: &str,
    at: &str,
    networks: &str,
) -> Result<Option<ListCopy>, StorageError> {
    let Some(at) = time(row, at)? else {
        return Ok(None);
    };
    let networks: i64 = row.get(networks).map_err(driver)?;
    Ok(Some(ListCopy {
        id: row.get(id).map_err(driver)?,
        at,
        networks: networks.cast_unsigned(),
    }))
}

fn waiting(row: &Row<'_>) -> Result<Option<WaitingCopy>, StorageError> {
    let Some(copy) = copy(row, "waiting_id", "waiting_at", "waiting_networks")? else {
        return Ok(None);
    };
    let reason: String = row.get("waiting_reason").map_err(driver)?;
    Ok(Some(WaitingCopy {
        id: copy.id,
        at: copy.at,
        networks: copy.networks,
        reason: runs::wait_reason(&reason)?,
    }))
}

/// The networks of the copy in force, or of the one that waits.
pub(super) fn copy_networks(
    connection: &Connection,
    id: BlocklistId,
    in_force: bool,
) -> Result<Vec<IpNet>, StorageError> {
    let columns: Option<(Vec<u8>, Vec<u8>)> = connection
        .prepare_cached(queries::BLOCKLISTS_COPY_NETWORKS)
        .and_then(|mut statement| {
            statement
                .query_row(
                    named_params! { ":list": id.0, ":in_force": in_force },
                    |row| Ok((row.get("v4")?, row.get("v6")?)),
                )
                .optional()
        })
        .map_err(driver)?;
    columns.map_or_else(
        || Ok(Vec::new()),
        |(v4, v6)| networks::from_columns(&v4, &v6),
    )
}

/// Makes a source; `None` where its name is taken.
pub(super) fn insert(
    connection: &Connection,
    settings: &BlocklistSettings,
    at: i64,
) -> Result<Option<BlocklistId>, StorageError> {
    let mut values = columns(settings);
    values.push((":created_at", Box::new(at)));
    let values = borrowed(&values);
    connection
        .prepare_cached(queries::BLOCKLISTS_INSERT)
        .and_then(|mut statement| {
            statement
                .query_row(&*values, |row| row.get("id").map(BlocklistId))
                .optional()
        })
        .map_err(driver)
}

/// Changes a source; `false` where its name is taken or it is gone.
pub(super) fn update(
    connection: &Connection,
    id: BlocklistId,
    settings: &BlocklistSettings,
) -> Result<bool, StorageError> {
    let is_taken: bool = connection
        .prepare_cached(queries::BLOCKLISTS_IS_TAKEN)
        .and_then(|mut statement| {
            let name = settings.name.as_str();
            statement.query_row(named_params! { ":name": name, ":id": id.0 }, |row| {
                row.get(0)
            })
        })
        .map_err(driver)?;
    if is_taken {
        return Ok(false);
    }
    let mut values = columns(settings);
    values.push((":id", Box::new(id.0)));
    let values = borrowed(&values);
    execute(connection, queries::BLOCKLISTS_UPDATE, &values)
}

type Values = Vec<(&'static str, Box<dyn ToSql>)>;

fn columns(settings: &BlocklistSettings) -> Values {
    let jail = match &settings.target {
        BlockTarget::Firewall => None,
        BlockTarget::Jail(jail) => Some(jail.as_str().to_owned()),
    };
    vec![
        (":name", Box::new(settings.name.as_str().to_owned())),
        (":url", Box::new(settings.url.clone())),
        (":allow_http", Box::new(settings.allow_http)),
        (":every_seconds", Box::new(settings.every_seconds)),
        (":enabled", Box::new(settings.enabled)),
        (":jail", Box::new(jail)),
        (
            ":both_ways",
            Box::new(settings.direction == BlockDirection::InAndOut),
        ),
        (":note", Box::new(settings.note.as_str().to_owned())),
    ]
}

fn borrowed(values: &Values) -> Vec<(&'static str, &dyn ToSql)> {
    values
        .iter()
        .map(|(name, value)| (*name, &**value))
        .collect()
}

/// Runs a statement; whether it met a row.
pub(super) fn execute(
    connection: &Connection,
    statement: &str,
    values: &[(&str, &dyn ToSql)],
) -> Result<bool, StorageError> {
    connection
        .prepare_cached(statement)
        .and_then(|mut statement| statement.execute(values))
        .map(|met| met > 0)
        .map_err(driver)
}

pub(super) fn delete(connection: &Connection, id: BlocklistId) -> Result<bool, StorageError> {
    execute(connection, queries::BLOCKLISTS_DELETE, &[(":id", &id.0)])
}

/// Keeps what came of fetching; `false` where the list is gone.
pub(super) fn keep_try(connection: &Connection, tried: &ListTry) -> Result<bool, StorageError> {
    let id = tried.run.list;
    let values: [(&str, &dyn ToSql); 4] = [
        (":id", &id.0),
        (":url", &tried.url),
        (":failures", &tried.failures),
        (":next_at", &tried.next_at.as_millis()),
    ];
    if !execute(connection, queries::BLOCKLISTS_TRIED, &values)? {
        return Ok(false);
    }
    if let Some(copy) = &tried.copy {
        keep_copy(connection, id, tried.run.began_at, copy)?;
    }
    runs::insert(connection, &tried.run)?;
    Ok(true)
}

fn keep_copy(
    connection: &Connection,
    id: BlocklistId,
    at: Timestamp,
    copy: &TakenCopy,
) -> Result<(), StorageError> {
    execute(
        connection,
        queries::BLOCKLISTS_FETCHED,
        named_params! {
            ":id": id.0,
            ":etag": copy.etag,
            ":last_modified": copy.last_modified,
            ":content": copy.content,
        },
    )?;
    // A copy that waited is out of date in either case.
    delete_copy(connection, id, false, None)?;
    if copy.waits.is_none() {
        delete_copy(connection, id, true, None)?;
    }
    let columns = networks::to_columns(&copy.networks);
    execute(
        connection,
        queries::BLOCKLISTS_COPY_SAVE,
        named_params! {
            ":list": id.0,
            ":waits": copy.waits.map(domain::WaitReason::as_str),
            ":at": at.as_millis(),
            ":networks": i64::try_from(copy.networks.len()).unwrap_or(i64::MAX),
            ":v4": columns.v4,
            ":v6": columns.v6,
        },
    )
    .map(|_| ())
}

fn delete_copy(
    connection: &Connection,
    id: BlocklistId,
    in_force: bool,
    copy: Option<i64>,
) -> Result<bool, StorageError> {
    execute(
        connection,
        queries::BLOCKLISTS_COPY_DELETE,
        named_params! { ":list": id.0, ":in_force": in_force, ":copy": copy },
    )
}

/// Puts a copy that waits in force; `false` where it does not wait.
pub(super) fn take_waiting(
    connection: &Connection,
    id: BlocklistId,
    copy: i64,
) -> Result<bool, StorageError> {
    let list = read(connection, Some(id))?.pop();
    let waits = list.is_some_and(|list| list.waiting.is_some_and(|waiting| waiting.id == copy));
    if waits {
        delete_copy(connection, id, true, None)?;
        let values = named_params! { ":list": id.0, ":copy": copy };
        execute(connection, queries::BLOCKLISTS_COPY_TAKE, values)?;
    }
    Ok(waits)
}

/// Forgets a copy that waits; the list is then fetched anew. `false` where it does not wait.
pub(super) fn drop_waiting(
    connection: &Connection,
    id: BlocklistId,
    copy: i64,
) -> Result<bool, StorageError> {
    let dropped = delete_copy(connection, id, false, Some(copy))?;
    if dropped {
        execute(
            connection,
            queries::BLOCKLISTS_FORGET_CONTENT,
            &[(":id", &id.0)],
        )?;
    }
    Ok(dropped)
}
