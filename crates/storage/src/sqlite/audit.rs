//! Rows of `audit`, and the pages over them.
use domain::{
    Actor, AuditAction, AuditEntry, AuditPage, AuditQuery, NewAuditEntry, Outcome, PageToken,
    StorageError, Timestamp, UserId, UserName,
};
use rusqlite::{Connection, Row, ToSql, named_params};

use super::{address, error::driver, queries};

/// An entry as its columns.
#[derive(Debug, Clone)]
pub(super) struct NewRow {
    at: i64,
    actor: &'static str,
    user_id: Option<i64>,
    user_name: Option<String>,
    claimed: Option<String>,
    address: Option<Vec<u8>>,
    action: &'static str,
    host: Option<String>,
    target: String,
    outcome: &'static str,
    detail: String,
}

impl NewRow {
    /// When it was done; what the entry stands for has this time too.
    pub(super) fn at(&self) -> i64 {
        self.at
    }

    /// Adds the row, in the transaction of what it tells of.
    pub(super) fn insert(&self, connection: &Connection) -> Result<(), StorageError> {
        connection
            .prepare_cached(queries::AUDIT_INSERT)
            .and_then(|mut statement| {
                statement.execute(named_params! {
                    ":at": self.at,
                    ":actor": self.actor,
                    ":user_id": self.user_id,
                    ":user_name": self.user_name,
                    ":claimed": self.claimed,
                    ":address": self.address,
                    ":action": self.action,
                    ":host": self.host,
                    ":target": self.target,
                    ":outcome": self.outcome,
                    ":detail": self.detail,
                })
            })
            .map(|_| ())
            .map_err(driver)
    }
}

impl TryFrom<&NewAuditEntry> for NewRow {
    type Error = StorageError;

    fn try_from(entry: &NewAuditEntry) -> Result<Self, StorageError> {
        let detail = entry.detail.to_string();
        // Values can be nested deeper than the parser goes; such a row would spoil every page that it is on.
        if serde_json::from_str::<serde_json::Value>(&detail).is_err() {
            return Err(inconsistent("detail is nested too deeply"));
        }
        let (actor, user, claimed) = match &entry.actor {
            Actor::User { id, name } => ("user", Some((id, name)), None),
            Actor::Visitor { claimed } => ("visitor", None, claimed.clone()),
            Actor::System => ("system", None, None),
        };
        Ok(Self {
            at: entry.at.as_millis(),
            actor,
            user_id: user.map(|(id, _)| id.0),
            user_name: user.map(|(_, name)| name.as_str().to_owned()),
            claimed,
            address: entry.address.map(address::to_bytes),
            action: entry.action.as_str(),
            host: entry.host.as_ref().map(|host| host.as_str().to_owned()),
            target: entry.target.clone(),
            outcome: entry.outcome.as_str(),
            detail,
        })
    }
}

/// A page: the statement for the filters that are set, from a place on.
pub(super) fn page(connection: &Connection, query: &AuditQuery) -> Result<AuditPage, StorageError> {
    let limit = usize::from(query.limit.get());
    let place = Place::of(query)?;
    let from = query.from.map_or(i64::MIN, Timestamp::as_millis);
    let user = query.user.as_ref().map(UserName::as_str);
    let action = query.action.map(AuditAction::as_str);
    let outcome = query.outcome.map(Outcome::as_str);
    // One more than wanted tells whether there is another page.
    let limit_plus_one = i64::from(query.limit.get()) + 1;
    let mut parameters: Vec<(&str, &dyn ToSql)> = vec![
        (":from", &from),
        (":before_at", &place.at),
        (":before_id", &place.id),
        (":limit", &limit_plus_one),
    ];
    for (name, filter) in [
        (":user", &user),
        (":action", &action),
        (":outcome", &outcome),
    ] {
        if filter.is_some() {
            parameters.push((name, filter));
        }
    }
    let mut statement = connection
        .prepare_cached(statement(user, action, outcome))
        .map_err(driver)?;
    let mut rows = statement.query(parameters.as_slice()).map_err(driver)?;
    let mut items = Vec::with_capacity(limit);
    while let Some(row) = rows.next().map_err(driver)? {
        if items.len() == limit {
            let next = items.last().map(Place::after);
            return Ok(AuditPage { items, next });
        }
        items.push(entry(row)?);
    }
    Ok(AuditPage { items, next: None })
}

const fn statement(
    user: Option<&str>,
    action: Option<&str>,
    outcome: Option<&str>,
) -> &'static str {
    match (user.is_some(), action.is_some(), outcome.is_some()) {
        (false, false, false) => queries::AUDIT_PAGE,
        (false, true, false) => queries::AUDIT_PAGE_BY_ACTION,
        (false, false, true) => queries::AUDIT_PAGE_BY_OUTCOME,
        (false, true, true) => queries::AUDIT_PAGE_BY_ACTION_OUTCOME,
        (true, false, false) => queries::AUDIT_PAGE_BY_USER,
        (true, true, false) => queries::AUDIT_PAGE_BY_USER_ACTION,
        (true, false, true) => queries::AUDIT_PAGE_BY_USER_OUTCOME,
        (true, true, true) => queries::AUDIT_PAGE_BY_USER_ACTION_OUTCOME,
    }
}

/// A place in the order of the pages, newest first: time, then key. Rows strictly before it are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    at: i64,
    id: i64,
}

impl Place {
    /// Where a page begins: at the token or at the end of the time that is wanted, whichever comes later in the list.
    fn of(query: &AuditQuery) -> Result<Self, StorageError> {
        let newest = query.until.map_or(
            Self {
                at: i64::MAX,
                id: i64::MAX,
            },
            |until| Self {
                at: until.as_millis(),
                id: i64::MIN,
            },
        );
        let Some(token) = &query.after else {
            return Ok(newest);
        };
        let place = Self::parse(token).ok_or(StorageError::BadPageToken)?;
        Ok(place.min(newest))
    }

    fn after(last: &AuditEntry) -> PageToken {
        let (at, id) = (last.entry.at.as_millis(), last.id);
        PageToken(format!("{at}.{id}"))
    }

    fn parse(PageToken(text): &PageToken) -> Option<Self> {
        let (at, id) = text.split_once('.')?;
        let place = Self {
            at: at.parse().ok()?,
            id: id.parse().ok()?,
        };
        // Numbers have spellings that this storage does not write: "+5", "007".
        (format!("{}.{}", place.at, place.id) == *text).then_some(place)
    }
}

fn entry(row: &Row<'_>) -> Result<AuditEntry, StorageError> {
    let text = |column| row.get::<_, Option<String>>(column).map_err(driver);
    let required = |column| row.get::<_, String>(column).map_err(driver);
    let actor = match required("actor")?.as_str() {
        "user" => Actor::User {
            id: UserId(row.get("user_id").map_err(driver)?),
            name: required("user_name")?
                .parse()
                .map_err(|_| inconsistent("user_name is not a user's name"))?,
        },
        "visitor" => Actor::Visitor {
            claimed: text("claimed")?,
        },
        "system" => Actor::System,
        _ => return Err(inconsistent("actor is unknown")),
    };
    let address = row
        .get::<_, Option<Vec<u8>>>("address")
        .map_err(driver)?
        .map(|bytes| {
            address::from_bytes(&bytes).ok_or(inconsistent("address is not 4 or 16 bytes"))
        })
        .transpose()?;
    let host = text("host")?
        .map(|host| host.parse())
        .transpose()
        .map_err(|_| inconsistent("host is not a host's name"))?;
    let entry = NewAuditEntry {
        at: Timestamp::from_millis(row.get("at").map_err(driver)?),
        actor,
        address,
        action: AuditAction::parse(&required("action")?)
            .ok_or(inconsistent("action is unknown"))?,
        host,
        target: required("target")?,
        outcome: Outcome::parse(&required("outcome")?).ok_or(inconsistent("outcome is unknown"))?,
        detail: serde_json::from_str(&required("detail")?)
            .map_err(|_| inconsistent("detail is not JSON"))?,
    };
    let id = row.get("id").map_err(driver)?;
    Ok(AuditEntry { id, entry })
}

const fn inconsistent(what: &'static str) -> StorageError {
    StorageError::Inconsistent {
        table: "audit",
        what,
    }
}

#[cfg(test)]
mod tests;
