//! The small tables that give names a key.
use std::collections::HashMap;

use domain::{HostId, JailName, StorageError};
use rusqlite::{Connection, OptionalExtension as _, named_params};
use rustc_hash::FxHashMap;

use super::super::{error::driver, queries};
use super::codes::inconsistent;

/// A jail of a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Jail {
    pub(super) id: i64,
    pub(super) host: HostId,
    pub(super) name: JailName,
}

/// All jails that ever banned; some dozens.
#[derive(Debug, Clone, Default)]
pub(super) struct Jails(Vec<Jail>);

impl Jails {
    pub(super) fn load(connection: &Connection) -> Result<Self, StorageError> {
        let mut statement = connection
            .prepare_cached(queries::HISTORY_JAILS)
            .map_err(driver)?;
        let mut rows = statement.query([]).map_err(driver)?;
        let mut jails = Vec::new();
        while let Some(row) = rows.next().map_err(driver)? {
            let parse_host = row.get_ref(1).map_err(driver)?.as_str();
            let parse_name = row.get_ref(2).map_err(driver)?.as_str();
            jails.push(Jail {
                id: row.get(0).map_err(driver)?,
                host: parse_host
                    .ok()
                    .and_then(|text| text.parse().ok())
                    .ok_or(inconsistent("host is not a host's name"))?,
                name: parse_name
                    .ok()
                    .and_then(|text| text.parse().ok())
                    .ok_or(inconsistent("jail is not a jail's name"))?,
            });
        }
        Ok(Self(jails))
    }

    /// The key that was given last; 0 before the first. They are given one after another, and none is ever taken back.
    pub(super) fn last(&self) -> i64 {
        self.0.last().map_or(0, |jail| jail.id)
    }

    /// By key. The query gives them in the order of their keys.
    pub(super) fn get(&self, id: i64) -> Result<&Jail, StorageError> {
        self.0
            .binary_search_by_key(&id, |jail| jail.id)
            .ok()
            .and_then(|place| self.0.get(place))
            .ok_or(inconsistent("a jail is gone"))
    }

    pub(super) fn ids(&self) -> impl Iterator<Item = i64> {
        self.0.iter().map(|jail| jail.id)
    }

    /// The first key of the same name, whatever the host, of each key.
    pub(super) fn firsts_of_name(&self) -> FxHashMap<i64, i64> {
        let mut firsts = HashMap::new();
        let first = |jail: &Jail| (jail.id, *firsts.entry(jail.name.clone()).or_insert(jail.id));
        self.0.iter().map(first).collect()
    }

    /// The keys that a filter means; `None` when it means all of them.
    pub(super) fn meant(&self, host: Option<&HostId>, names: &[JailName]) -> Option<Vec<i64>> {
        let fits = |jail: &&Jail| {
            host.is_none_or(|host| *host == jail.host)
                && (names.is_empty() || names.contains(&jail.name))
        };
        let meant: Vec<i64> = self.0.iter().filter(fits).map(|jail| jail.id).collect();
        let any = names.is_empty() && (host.is_none() || meant.len() == self.0.len());
        (!any).then_some(meant)
    }
}

/// The key that a jail was given last; 0 before the first.
pub(super) fn last_jail(connection: &Connection) -> Result<i64, StorageError> {
    connection
        .prepare_cached(queries::HISTORY_LAST_JAIL)
        .and_then(|mut statement| statement.query_row([], |row| row.get(0)))
        .map_err(driver)
}

/// The key of a name, or `None`.
pub(super) fn find(
    connection: &Connection,
    query: &'static str,
    name: &str,
) -> Result<Option<i64>, StorageError> {
    connection
        .prepare_cached(query)
        .and_then(|mut statement| statement.query_row([name], |row| row.get(0)).optional())
        .map_err(driver)
}

fn insert(connection: &Connection, query: &'static str, name: &str) -> Result<i64, StorageError> {
    connection
        .prepare_cached(query)
        .and_then(|mut statement| statement.insert([name]))
        .map_err(driver)
}

fn by_id(
    connection: &Connection,
    query: &'static str,
    id: i64,
) -> Result<Option<String>, StorageError> {
    connection
        .prepare_cached(query)
        .and_then(|mut statement| statement.query_row([id], |row| row.get(0)).optional())
        .map_err(driver)
}

/// The text of a subject that is no address.
pub(super) fn text(connection: &Connection, id: i64) -> Result<Option<String>, StorageError> {
    by_id(connection, queries::HISTORY_TEXT_BY_ID, id)
}

/// The name of who did it.
pub(super) fn actor(connection: &Connection, id: i64) -> Result<Option<String>, StorageError> {
    by_id(connection, queries::HISTORY_ACTOR_BY_ID, id)
}

/// Gives keys, and makes those that are not there; within a transaction that writes.
pub(super) struct Keys<'a> {
    connection: &'a Connection,
    host: i64,
    jails: HashMap<JailName, i64>,
    actors: HashMap<String, i64>,
    texts: HashMap<String, i64>,
}

impl<'a> Keys<'a> {
    pub(super) fn of(connection: &'a Connection, host: &HostId) -> Result<Self, StorageError> {
        let host = match find(connection, queries::HISTORY_HOST, host.as_str())? {
            Some(id) => id,
            None => insert(connection, queries::HISTORY_HOST_INSERT, host.as_str())?,
        };
        Ok(Self {
            connection,
            host,
            jails: HashMap::new(),
            actors: HashMap::new(),
            texts: HashMap::new(),
        })
    }

    pub(super) const fn host(&self) -> i64 {
        self.host
    }

    pub(super) fn jail(&mut self, name: &JailName) -> Result<i64, StorageError> {
        if let Some(id) = self.jails.get(name) {
            return Ok(*id);
        }
        let parameters = named_params! { ":host": self.host, ":name": name.as_str() };
        let known = self
            .connection
            .prepare_cached(queries::HISTORY_JAIL)
            .and_then(|mut statement| statement.query_row(parameters, |row| row.get(0)).optional())
            .map_err(driver)?;
        let id = match known {
            Some(id) => id,
            None => self
                .connection
                .prepare_cached(queries::HISTORY_JAIL_INSERT)
                .and_then(|mut statement| statement.insert(parameters))
                .map_err(driver)?,
        };
        self.jails.insert(name.clone(), id);
        Ok(id)
    }

    pub(super) fn actor(&mut self, name: &str) -> Result<i64, StorageError> {
        key(
            self.connection,
            &mut self.actors,
            (queries::HISTORY_ACTOR, queries::HISTORY_ACTOR_INSERT),
            name,
        )
    }

    pub(super) fn text(&mut self, text: &str) -> Result<i64, StorageError> {
        key(
            self.connection,
            &mut self.texts,
            (queries::HISTORY_TEXT, queries::HISTORY_TEXT_INSERT),
            text,
        )
    }
}

fn key(
    connection: &Connection,
    known: &mut HashMap<String, i64>,
    (query, query_insert): (&'static str, &'static str),
    name: &str,
) -> Result<i64, StorageError> {
    if let Some(id) = known.get(name) {
        return Ok(*id);
    }
    let id = match find(connection, query, name)? {
        Some(id) => id,
        None => insert(connection, query_insert, name)?,
    };
    known.insert(name.to_owned(), id);
    Ok(id)
}
