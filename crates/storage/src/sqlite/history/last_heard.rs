//! When jails last failed and banned.
use domain::{
    EventFilter, EventKind, EventQuery, HostId, JailName, LastHeard, PageSize, StorageError,
    Timestamp,
};
use rusqlite::{Connection, OptionalExtension as _, named_params};

use super::super::{error::driver, queries};
use super::{moment::Moment, pages};

/// The last failure and the last ban of each of these jails.
pub(super) fn last_heard(
    moment: &Moment<'_>,
    host: &HostId,
    names: &[JailName],
) -> Result<Vec<LastHeard>, StorageError> {
    let jails = moment.jails()?;
    names
        .iter()
        .map(|name| {
            let known = jails.meant(Some(host), std::slice::from_ref(name));
            let id = known.as_deref().and_then(<[i64]>::first);
            Ok(LastHeard {
                jail: name.clone(),
                failure_at: match id {
                    Some(id) => last_failure(moment, *id)?,
                    None => None,
                },
                ban_at: match id {
                    Some(_) => last_ban(moment, host, name)?,
                    None => None,
                },
            })
        })
        .collect()
}

fn last_failure(connection: &Connection, jail: i64) -> Result<Option<Timestamp>, StorageError> {
    let mut statement = connection
        .prepare_cached(queries::FAILURES_LAST_OF_JAIL)
        .map_err(driver)?;
    let last = statement
        .query_row(named_params! { ":jail": jail }, |row| row.get(0))
        .optional()
        .map_err(driver)?;
    Ok(last.map(Timestamp::from_millis))
}

fn last_ban(
    moment: &Moment<'_>,
    host: &HostId,
    name: &JailName,
) -> Result<Option<Timestamp>, StorageError> {
    let query = EventQuery {
        filter: EventFilter {
            host: Some(host.clone()),
            jails: vec![name.clone()],
            kinds: vec![EventKind::Ban],
            ..EventFilter::default()
        },
        limit: PageSize::new(1).unwrap_or_default(),
        ..EventQuery::default()
    };
    let page = pages::page(moment, &query)?;
    Ok(page.items.first().map(|event| event.what.at))
}
