//! The Storage port on SQLite.
mod address;
mod audit;
mod blocking;
mod error;
mod history;
mod migrations;
mod open;
mod queries;
mod readers;
mod reads;
mod sessions;
mod settings;
mod tasks;
mod users;
mod writer;
mod writes;

use std::{
    num::NonZeroU8,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use async_trait::async_trait;
use domain::{
    BlockingReads, BlockingWrites, HistoryReads, HistoryWrites, Storage, StorageReads,
    StorageWrites,
};

pub use error::OpenError;
use history::States;
use readers::Readers;
use rusqlite::trace::{TraceEvent, TraceEventCodes};
use writer::Writer;

/// How a database is opened.
#[derive(Debug, Clone)]
pub struct OpenOptions {
    /// The file; made when it does not exist. Its folder must exist.
    pub path: PathBuf,
    /// How many reads may run at the same time. Each costs a connection with at most 1 MiB of cache.
    pub readers: NonZeroU8,
    /// How long a call waits for a free reader, for room in the writer's queue, or for another process that holds the
    /// database, each, before it answers [`domain::StorageError::Busy`].
    pub busy_timeout: Duration,
    /// How many writes may wait for the writer.
    pub write_queue: usize,
    /// How many events and counts of failures may be recent: kept in memory (some 90 bytes each) and in a journal, before they are worked into the tables
    /// together. The more, the less each costs; they are read at the start. [`usize::MAX`]: never, also where
    /// it was begun.
    pub recent: usize,
    /// Take the database as it is: it must be there and of this version, and nothing is made or brought up to date. For a second process beside the one that
    /// the database belongs to.
    pub as_it_is: bool,
    /// Is told of each statement of the readers as it begins, and of each of its rows: to measure what SQLite alone takes for it. `None`: nobody.
    pub trace: Option<fn(TraceEvent<'_>)>,
}

impl OpenOptions {
    /// The options for a file: 4 readers, 5 seconds, 256 waiting writes, 65,536 recent entries.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            readers: const { NonZeroU8::new(4).unwrap() },
            busy_timeout: Duration::from_secs(5),
            write_queue: 256,
            recent: 65_536,
            as_it_is: false,
            trace: None,
        }
    }

    /// The options for a second process that asks or changes a little and leaves: one reader, the database as it is, and recent events are left to the other one.
    #[must_use]
    pub fn beside(path: impl Into<PathBuf>) -> Self {
        Self {
            readers: NonZeroU8::MIN,
            recent: usize::MAX,
            as_it_is: true,
            ..Self::new(path)
        }
    }
}

/// What BanGUI remembers, in one file.
#[derive(Debug)]
pub struct Sqlite {
    path: Arc<Path>,
    readers: Arc<Readers>,
    writer: Arc<Writer>,
}

impl Sqlite {
    /// Opens or makes the database and brings it to this version's form. Blocks for some milliseconds, at most for
    /// [`OpenOptions::busy_timeout`] a step; a database that is refused is left as it was.
    pub fn open(options: OpenOptions) -> Result<Self, OpenError> {
        let OpenOptions {
            path,
            readers,
            busy_timeout,
            write_queue,
            recent,
            as_it_is,
            trace,
        } = options;
        let path: Arc<Path> = open::absolute(&path)?.into();
        if as_it_is {
            open::require_this_version(&path, busy_timeout)?;
        }
        // The writer comes first: a read-only connection cannot make the files beside the database.
        let writer = open::writer(&path, busy_timeout)?;
        let readers = (0..readers.get())
            .map(|_| open::reader(&path, busy_timeout))
            .collect::<Result<Vec<_>, _>>()?;
        for reader in &readers {
            let told = TraceEventCodes::SQLITE_TRACE_STMT | TraceEventCodes::SQLITE_TRACE_ROW;
            reader.trace_v2(told, trace);
        }
        let states = Arc::new(States::new(recent));
        // Read here, so that neither the first question nor the first event waits for it.
        states.seen(&writer).map_err(|source| OpenError::Failed {
            path: path.to_path_buf(),
            source: Box::new(source),
        })?;
        let limits = (busy_timeout, write_queue);
        Ok(Self {
            readers: Arc::new(Readers::new(readers, busy_timeout, Arc::clone(&states))),
            writer: Arc::new(Writer::start(writer, &path, limits, &states)?),
            path,
        })
    }

    /// The file, absolute.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

#[async_trait]
impl Storage for Sqlite {
    fn reads(&self) -> Arc<dyn StorageReads> {
        Arc::<Readers>::clone(&self.readers)
    }

    fn writes(&self) -> Arc<dyn StorageWrites> {
        Arc::<Writer>::clone(&self.writer)
    }

    fn history(&self) -> Arc<dyn HistoryReads> {
        Arc::<Readers>::clone(&self.readers)
    }

    fn history_writes(&self) -> Arc<dyn HistoryWrites> {
        Arc::<Writer>::clone(&self.writer)
    }

    fn blocking(&self) -> Arc<dyn BlockingReads> {
        Arc::<Readers>::clone(&self.readers)
    }

    fn blocking_writes(&self) -> Arc<dyn BlockingWrites> {
        Arc::<Writer>::clone(&self.writer)
    }

    async fn close(&self) {
        // The writer's connection is the last to close: only one that may write folds the log into the file.
        self.readers.close().await;
        self.writer.close().await;
    }
}

#[cfg(test)]
mod tests;
