//! The recent events of the last generations: readers see the one of their moment, whatever has been written since.
use std::{
    collections::VecDeque,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use domain::StorageError;
use rusqlite::Connection;

use super::super::{
    super::{error::driver, queries},
    names::{self, Jails},
    remembered::Remembered,
};
use super::Recent;

/// Generations that are kept for readers whose moment is a little older: a reader looks its own up at once.
const KEPT: usize = 16;

/// Shared by who writes and who reads.
pub(in crate::sqlite) struct States {
    known: Mutex<Known>,
    /// All jails, as they were last read: there are few, and every question asks for them.
    jails: Mutex<Arc<Jails>>,
    remembered: Remembered,
    /// With so many entries they are worked into the tables.
    settle_at: usize,
}

#[derive(Default)]
struct Known {
    /// Of committed transactions, and of the one that is being committed; by generation.
    published: VecDeque<Arc<Recent>>,
    /// Of the transaction that is being written.
    pending: Option<Arc<Recent>>,
    /// Of which tables questions remember something; others' goes when that is noticed.
    remembered: Option<i64>,
}

impl States {
    pub(in crate::sqlite) fn new(settle_at: usize) -> Self {
        Self {
            known: Mutex::default(),
            jails: Mutex::default(),
            remembered: Remembered::default(),
            settle_at: settle_at.max(1),
        }
    }

    /// What the reader's moment has.
    pub(in crate::sqlite) fn seen(
        &self,
        connection: &Connection,
    ) -> Result<Arc<Recent>, StorageError> {
        let generation = generation(connection)?;
        if let Some(found) = self.lock().published(generation) {
            return Ok(found);
        }
        // After the start, and when another process writes.
        let loaded = Arc::new(Recent::load(connection)?);
        self.lock().publish(Arc::clone(&loaded));
        Ok(loaded)
    }

    /// All jails that the reader's moment has. Another reader may have seen some that came later: nothing of this moment has their keys.
    pub(in super::super) fn jails(
        &self,
        connection: &Connection,
    ) -> Result<Arc<Jails>, StorageError> {
        let last = names::last_jail(connection)?;
        let known = || self.jails.lock().unwrap_or_else(PoisonError::into_inner);
        let cached = Arc::clone(&known());
        if cached.last() >= last {
            return Ok(cached);
        }
        let loaded = Arc::new(Jails::load(connection)?);
        *known() = Arc::clone(&loaded);
        Ok(loaded)
    }

    /// What questions have read of the tables.
    pub(in super::super) const fn remembered(&self) -> &Remembered {
        &self.remembered
    }

    /// What the transaction has that is being written.
    pub(in super::super) fn written(
        &self,
        connection: &Connection,
    ) -> Result<Arc<Recent>, StorageError> {
        let generation = generation(connection)?;
        let known = {
            let known = self.lock();
            let pending = known.pending.clone();
            pending
                .filter(|pending| pending.generation == generation)
                .or_else(|| known.published(generation))
        };
        known.map_or_else(|| Recent::load(connection).map(Arc::new), Ok)
    }

    /// Remembers what a command has made of it.
    pub(in super::super) fn set(&self, recent: Recent) {
        self.lock().pending = Some(Arc::new(recent));
    }

    /// A transaction begins.
    pub(in crate::sqlite) fn begin(&self) {
        self.lock().pending = None;
    }

    /// Its commands are done and it is about to be committed: readers may have it as soon as it is.
    pub(in crate::sqlite) fn publish(&self, connection: &Connection) -> Result<(), StorageError> {
        let Some(pending) = self.lock().pending.take() else {
            return Ok(());
        };
        // Not that of a command that was undone after all.
        if generation(connection)? == pending.generation {
            self.lock().publish(pending);
        }
        Ok(())
    }

    /// It was committed: what questions have read of tables that were others before goes.
    pub(in crate::sqlite) fn committed(&self) {
        let mut known = self.lock();
        let tables = known.published.back().map(|newest| newest.tables);
        let before = std::mem::replace(&mut known.remembered, tables);
        drop(known);
        if before.is_some() && before != tables {
            self.remembered.forget();
        }
    }

    /// It was not committed.
    pub(in crate::sqlite) fn retract(&self, connection: &Connection) {
        let mut known = self.lock();
        known.pending = None;
        match generation(connection) {
            Ok(generation) => known.published.retain(|of| of.generation <= generation),
            Err(_) => known.published.clear(),
        }
    }

    /// Whether there is so much that nothing else may be written before it is worked into the tables: a quarter more than enough, as all of it is in memory.
    pub(in crate::sqlite) fn must_settle(&self) -> bool {
        let known = self.lock();
        let most = self.settle_at.saturating_add(self.settle_at / 4);
        known
            .published
            .back()
            .is_some_and(|newest| newest.len() >= most)
    }

    /// Whether there is enough to be worked into the tables.
    pub(in crate::sqlite) fn wants_to_settle(&self) -> bool {
        // What another process has begun, it also ends.
        let settles = self.settle_at < usize::MAX;
        let wants = |newest: &Arc<Recent>| newest.is_settling() || newest.len() >= self.settle_at;
        settles && self.lock().published.back().is_some_and(wants)
    }

    /// How many entries are worked into the tables in one transaction.
    pub(in super::super) const fn part(&self) -> usize {
        const PARTS: usize = 4;
        self.settle_at.div_ceil(PARTS)
    }

    /// A panic cannot leave a state half changed, so a poisoned lock is as good as any.
    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    fn published(&self, generation: i64) -> Option<Arc<Recent>> {
        self.published
            .iter()
            .rev()
            .find(|recent| recent.generation == generation)
            .map(Arc::clone)
    }

    fn publish(&mut self, recent: Arc<Recent>) {
        if self.published(recent.generation).is_some() {
            return;
        }
        let place = self
            .published
            .partition_point(|other| other.generation < recent.generation);
        self.published.insert(place, recent);
        if self.published.len() > KEPT {
            self.published.pop_front();
        }
    }
}

impl fmt::Debug for States {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("States")
            .field("settle_at", &self.settle_at)
            .finish_non_exhaustive()
    }
}

fn generation(connection: &Connection) -> Result<i64, StorageError> {
    connection
        .prepare_cached(queries::RECENT_GENERATION)
        .and_then(|mut statement| statement.query_row([], |row| row.get(0)))
        .map_err(driver)
}
