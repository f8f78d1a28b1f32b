//! What was stored last and is not in the tables of all yet.
//!
//! An event changes some twenty pages of the tables and indexes, most of them for itself alone. So new events go into a journal, a few pages a batch, and are
//! worked into the tables many at a time (`settle`). Meanwhile they are kept in memory too, where every question looks beside the tables.
mod asking;
mod chunk;
mod groups;
mod packing;
mod states;
mod sums;
mod wanted;

use std::sync::Arc;

use domain::StorageError;
use rusqlite::{Connection, named_params};

use super::super::{error::driver, queries};
use super::{rollups::Ban, subject::Columns};
use chunk::Chunk;
pub(super) use chunk::{Entry, Failed, Is};
pub(super) use groups::{Mark, Marks};
pub(in crate::sqlite) use states::States;
pub(super) use sums::By;

/// A chunk with so many entries gets no more: each that is added writes it anew.
const CHUNK: usize = 512;

/// What is recent in one generation of the database.
#[derive(Debug, Clone, Default)]
pub(in crate::sqlite) struct Recent {
    generation: i64,
    /// The generation in which the tables of all came to be as they are, as far as that is known.
    tables: i64,
    /// In the order of storing.
    chunks: Vec<Arc<Chunk>>,
    settling: Option<Settling>,
    /// Roll-ups that came with a later version have everything from this quarter on.
    complete_from: i64,
    /// The first stretch of two days of which subjects say whether they have events there.
    stretches_from: i64,
}

/// What is being worked into the tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Settling {
    /// The last chunk of those.
    last: i64,
    /// Entries of smaller groups are in the tables already.
    from: i64,
}

/// After the last group.
pub(super) const END: i64 = 1 << 32;

/// Where an event is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Spot {
    chunk: usize,
    event: usize,
}

impl Recent {
    /// Reads what the database has.
    fn load(connection: &Connection) -> Result<Self, StorageError> {
        let mut recent = connection
            .prepare_cached(queries::RECENT_STATE)
            .and_then(|mut statement| {
                statement.query_row([], |row| {
                    let (last, from) = (row.get::<_, Option<i64>>(1)?, row.get(2)?);
                    Ok(Self {
                        generation: row.get(0)?,
                        tables: row.get(0)?,
                        chunks: Vec::new(),
                        settling: last.map(|last| Settling { last, from }),
                        complete_from: row.get(3)?,
                        stretches_from: row.get(4)?,
                    })
                })
            })
            .map_err(driver)?;
        let mut statement = connection
            .prepare_cached(queries::RECENT_CHUNKS)
            .map_err(driver)?;
        let mut rows = statement.query([]).map_err(driver)?;
        while let Some(row) = rows.next().map_err(driver)? {
            let id = row.get(0).map_err(driver)?;
            let bytes = row.get_ref(1).map_err(driver)?;
            let bytes = bytes.as_blob().map_err(|_| packing::DAMAGED)?;
            recent.chunks.push(Arc::new(packing::unpack(id, bytes)?));
        }
        Ok(recent)
    }

    /// Whether roll-ups that came with a later version have everything from a quarter on.
    pub(super) const fn are_complete_from(&self, quarter: i64) -> bool {
        quarter >= self.complete_from
    }

    /// From which stretch of two days on what is known of a subject says whether it has events there.
    pub(super) const fn stretches_from(&self) -> i64 {
        self.stretches_from
    }

    /// Tells tables apart by the bans that they have and by what they count: where it is the same, nothing was worked in meanwhile, nothing became known of
    /// a ban in them by which it is counted, and no event was forgotten. Whoever else writes what is remembered of them has to tell ([`Recent::tables_changed`]).
    pub(super) const fn tables(&self) -> i64 {
        self.tables
    }

    /// How many entries there are, those in the tables included until all are.
    fn len(&self) -> usize {
        self.chunks.iter().map(|chunk| chunk.len()).sum()
    }

    const fn is_settling(&self) -> bool {
        self.settling.is_some()
    }

    /// The chunks, each with the first group that is not in the tables.
    fn chunks(&self) -> impl Iterator<Item = (&Chunk, i64)> {
        self.chunks.iter().map(|chunk| {
            let from = self
                .settling
                .filter(|settling| chunk.id <= settling.last)
                .map_or(0, |settling| settling.from);
            (chunk.as_ref(), from)
        })
    }

    /// Takes in what is new; the chunks that changed are to be saved.
    pub(super) fn append(
        &mut self,
        events: Vec<Entry>,
        failures: Vec<Failed>,
    ) -> Result<(), StorageError> {
        if events.is_empty() && failures.is_empty() {
            return Ok(());
        }
        let settled = self.settling.map_or(0, |settling| settling.last);
        let id = match self.chunks.last_mut() {
            Some(last) if last.id > settled && last.len() < CHUNK => {
                *last = Arc::new(last.with(events, failures)?);
                return Ok(());
            }
            Some(last) => last.id + 1,
            None => 1,
        };
        let chunk = Chunk::new(id, events.into_iter(), failures)?;
        self.chunks.push(Arc::new(chunk));
        Ok(())
    }

    /// Puts an event that became richer in its place.
    pub(super) fn replace(&mut self, spot: Spot, richer: Entry) -> Result<(), StorageError> {
        if let Some(chunk) = self.chunks.get_mut(spot.chunk) {
            *chunk = Arc::new(chunk.changed(spot.event, richer)?);
        }
        Ok(())
    }

    /// Writes what differs from `before`, as the next generation.
    pub(super) fn save(
        &mut self,
        connection: &Connection,
        before: &Self,
    ) -> Result<(), StorageError> {
        let mut statement = connection
            .prepare_cached(queries::RECENT_SAVE)
            .map_err(driver)?;
        for (number, chunk) in self.chunks.iter().enumerate() {
            let same = before.chunks.get(number);
            if same.is_some_and(|same| Arc::ptr_eq(same, chunk)) {
                continue;
            }
            statement
                .execute(named_params! { ":id": chunk.id, ":entries": packing::pack(chunk) })
                .map_err(driver)?;
        }
        self.save_state(connection)
    }

    /// The tables are others in the next generation.
    pub(super) fn tables_changed(&mut self, connection: &Connection) -> Result<(), StorageError> {
        self.save_state(connection)?;
        self.tables = self.generation;
        Ok(())
    }

    fn save_state(&mut self, connection: &Connection) -> Result<(), StorageError> {
        self.generation += 1;
        connection
            .prepare_cached(queries::RECENT_STATE_SAVE)
            .and_then(|mut statement| {
                statement.execute(named_params! {
                    ":generation": self.generation,
                    ":last": self.settling.map(|settling| settling.last),
                    ":from": self.settling.map_or(0, |settling| settling.from),
                })
            })
            .map(|_| ())
            .map_err(driver)
    }

    /// The next part to be worked into the tables: about `most` entries, by subject; begins with all that there is by now.
    pub(super) fn next_part(&mut self, most: usize) -> Part<'_> {
        if self.settling.is_none() {
            self.settling = self.chunks.last().map(|last| Settling {
                last: last.id,
                from: 0,
            });
        }
        let Some(Settling { last, from }) = self.settling else {
            return Part::default();
        };
        let chunks = || self.chunks.iter().filter(|chunk| chunk.id <= last);
        let mut groups: Vec<i64> = chunks()
            .flat_map(|chunk| chunk.groups())
            .filter(|group| *group >= from)
            .collect();
        let until = if groups.len() <= most {
            END
        } else {
            let (smaller, group, _) = groups.select_nth_unstable(most);
            // A group is not divided, so that one number tells what is done.
            let begun = smaller.iter().any(|other| other < group);
            if begun { *group } else { *group + 1 }
        };
        let mut part = Part {
            until,
            ..Part::default()
        };
        for chunk in chunks() {
            let inside = |subject: &Columns| (from..until).contains(&subject.group());
            part.events
                .extend(chunk.entries().filter(|entry| inside(&entry.subject)));
            part.failures
                .extend(chunk.failures.iter().filter(|of| inside(&of.subject)));
        }
        // Neighbours in the tables come one after another.
        part.events
            .sort_unstable_by_key(|entry| (entry.subject, entry.id));
        part.failures.sort_by_key(|failed| failed.subject);
        part
    }

    /// Remembers that a part is in the tables; rows of which nothing is left go.
    pub(super) fn settled(
        &mut self,
        connection: &Connection,
        until: i64,
    ) -> Result<(), StorageError> {
        let Some(settling) = &mut self.settling else {
            return Ok(());
        };
        settling.from = until;
        if until >= END {
            let last = settling.last;
            self.chunks.retain(|chunk| chunk.id > last);
            self.settling = None;
            connection
                .prepare_cached(queries::RECENT_DELETE)
                .and_then(|mut statement| statement.execute([last]))
                .map_err(driver)?;
        }
        self.tables_changed(connection)
    }
}

/// Entries that are worked into the tables together.
#[derive(Debug, Default)]
pub(super) struct Part<'a> {
    /// By subject, then in the order of storing.
    pub(super) events: Vec<Entry>,
    /// By subject too.
    pub(super) failures: Vec<&'a Failed>,
    /// The first group that is not in it.
    pub(super) until: i64,
}

#[cfg(test)]
mod tests;
