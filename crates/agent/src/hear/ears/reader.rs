//! fail2ban's log, wherever it is.
use std::path::Path;

use domain::{TimeRange, Timestamp};

use super::{
    journal::{Journal, JournalConfig},
    log::{Log, Next},
};
use crate::hear::{
    cursor::Cursor,
    facts::{Key, LogState, Place},
    sources::LogPlace,
};

/// A log that is being read.
#[derive(Debug)]
pub(super) enum Reader {
    File(Box<Log>),
    Journal(Box<Journal>),
}

impl Reader {
    /// Opens a log where it was left.
    pub(super) fn open(place: &LogPlace, journal: &JournalConfig, cursor: &Cursor) -> Self {
        match place {
            LogPlace::File(path) => Self::File(Box::new(Log::open(path, cursor.log_of(path)))),
            LogPlace::Journal => {
                let before = cursor.any_journal();
                Self::Journal(Box::new(Journal::open(journal.clone(), before)))
            }
        }
    }

    /// The daemon writes elsewhere now: remembers how far this was read, for when it comes back.
    pub(super) fn leave(&mut self, cursor: &mut Cursor) {
        match self {
            Self::File(log) => {
                let left = log.cursor(None, cursor.log.as_ref());
                cursor.leave_log(left);
                cursor.log = None;
            }
            Self::Journal(journal) => {
                cursor.left_journal = journal.cursor(None, cursor.journal.as_ref());
                cursor.journal = None;
            }
        }
    }

    pub(super) fn place(&self) -> LogPlace {
        match self {
            Self::File(log) => LogPlace::File(log.tail.path().to_owned()),
            Self::Journal(_) => LogPlace::Journal,
        }
    }

    /// The file whose changes tell that there is more to read.
    pub(super) fn watched(&self) -> Option<&Path> {
        match self {
            Self::File(log) => Some(log.tail.path()),
            Self::Journal(journal) => journal.newest.as_deref(),
        }
    }

    pub(super) fn next(&mut self) -> Next {
        match self {
            Self::File(log) => log.next(),
            Self::Journal(journal) => journal.next(),
        }
    }

    pub(super) fn state(&self) -> LogState {
        match self {
            Self::File(log) => log.state,
            Self::Journal(journal) => journal.state,
        }
    }

    pub(super) fn set_state(&mut self, state: LogState) {
        match self {
            Self::File(log) => log.state = state,
            Self::Journal(journal) => journal.state = state,
        }
    }

    /// Tells the failures shortly before what is read first: they may have led to a ban that is read.
    pub(super) fn failures_before(&self, tell: impl FnMut(Key, Timestamp)) {
        match self {
            Self::File(log) => log.failures_before(tell),
            // Its entries cannot be read backwards without another process.
            Self::Journal(_) => {}
        }
    }

    /// A time of which nothing could be read; told once.
    pub(super) fn take_unread(&mut self) -> Option<TimeRange> {
        match self {
            Self::File(log) => log.take_unread(),
            Self::Journal(_) => None,
        }
    }

    /// The zone of the daemon that wrote the last lines, where it has a name.
    pub(super) fn zone_name(&self) -> Option<String> {
        match self {
            Self::File(log) => log.zone_name(),
            Self::Journal(journal) => journal.zone_name(),
        }
    }

    /// Whether something was written that is read a moment later, because reading costs.
    pub(super) fn is_put_off(&self) -> bool {
        matches!(self, Self::Journal(journal) if journal.is_put_off())
    }

    /// Writes down how far it was read; `from` is where something is not told yet.
    pub(super) fn note(&mut self, cursor: &mut Cursor, from: Option<Place>, before: &Cursor) {
        match self {
            Self::File(log) => {
                cursor.log = Some(log.cursor(from, before.log.as_ref()));
                cursor.journal = None;
            }
            Self::Journal(journal) => {
                cursor.log = None;
                cursor.journal = journal.cursor(from, before.journal.as_ref());
            }
        }
    }
}
