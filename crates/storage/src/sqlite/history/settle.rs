//! Working what is recent into the tables, many events at a time, so that a page of an index is changed for several of them.
use domain::StorageError;
use rusqlite::{Connection, params};

use super::super::{error::driver, queries};
use super::{
    recent::{Entry, Recent, States},
    rollups, subjects,
};

/// Works the next part into the tables.
pub(in super::super) fn step(connection: &Connection, states: &States) -> Result<(), StorageError> {
    let mut recent = Recent::clone(&*states.written(connection)?);
    part(connection, &mut recent, states.part())?;
    states.set(recent);
    Ok(())
}

/// Works everything into the tables that happened before a moment, and what is with it; answers whether there was a part of it.
pub(super) fn older(
    connection: &Connection,
    states: &States,
    before: i64,
) -> Result<bool, StorageError> {
    let recent = states.written(connection)?;
    let any = recent.oldest().is_some_and(|oldest| oldest < before);
    if any {
        step(connection, states)?;
    }
    Ok(any)
}

fn part(connection: &Connection, recent: &mut Recent, most: usize) -> Result<(), StorageError> {
    let mut part = recent.next_part(most);
    subjects::save_part(connection, &part.events, &part.failures)?;
    let mut rollups = rollups::Changes::default();
    for ban in part.events.iter().filter_map(Entry::ban) {
        rollups.count(&ban, 1);
    }
    rollups.save(connection)?;
    // In the order of the indexes by network and country, which have the most pages: neighbours come one after another.
    part.events.sort_unstable_by_key(|entry| {
        let Entry { id, is, known, .. } = entry;
        (
            known.country,
            known.asn,
            is.kind,
            known.origin,
            is.jail,
            *id,
        )
    });
    let mut statement = connection
        .prepare_cached(queries::EVENTS_INSERT)
        .map_err(driver)?;
    for entry in &part.events {
        insert(&mut statement, entry)?;
    }
    let until = part.until;
    recent.settled(connection, until)
}

fn insert(statement: &mut rusqlite::Statement<'_>, entry: &Entry) -> Result<(), StorageError> {
    let Entry {
        id,
        is,
        subject,
        known,
    } = entry;
    statement
        .execute(params![
            id,
            is.at,
            is.jail,
            is.kind,
            known.origin,
            subject.address,
            subject.prefix,
            subject.text,
            known.country,
            known.asn,
            known.actor,
            known.cause,
            known.bantime,
            known.failures,
            known.ban_count,
            known.lines,
        ])
        .map(|_| ())
        .map_err(driver)
}
