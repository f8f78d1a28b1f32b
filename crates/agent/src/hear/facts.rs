//! What the sources tell, in the words of the machine: no bytes, no files, no local times.
use std::time::Duration;

use domain::{BanSubject, JailName, Timestamp};

/// Where a line begins: the number of its file in the order of reading, and the byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub(crate) struct Place {
    pub(crate) file: u32,
    pub(crate) byte: u64,
}

/// The moment and the place of a line of fail2ban's log.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Line {
    pub(crate) at: Timestamp,
    pub(crate) place: Place,
    /// Not heard before: failures of lines that are read again after a restart are not counted again.
    pub(crate) new: bool,
}

/// A ban as a pair of names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Key {
    pub(crate) jail: JailName,
    pub(crate) subject: BanSubject,
}

/// What a line of the log tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum LogFact {
    /// A failure, with its own time.
    Failure { key: Key, at: Timestamp },
    /// A ban.
    Ban(Key),
    /// A ban of before, put in force again.
    Restored(Key),
    /// The end of a ban, for whatever reason.
    Unban(Key),
    /// The end of a ban because its jail ends: newer versions say so.
    Repealed(Key),
    /// A ban was made longer than its jail's ban time.
    Increased { key: Key, count: u32, seconds: i64 },
    /// The daemon is stopping: unbans that follow are no end of a ban's time.
    Stopping,
    /// A daemon began.
    Started,
    /// A jail was made.
    JailCreated(JailName),
    /// A jail has ended; its bans were ended just before.
    JailStopped(JailName),
    /// A line that was just written to a log of the jail has a time far from now.
    OddTime(JailName),
    /// The daemon could not open a log to read on.
    NotOpened(String),
}

impl LogFact {
    /// Whether fail2ban writes this at the level of failures or a finer one, so that they are logged too.
    pub(crate) const fn is_as_fine_as_failures(&self) -> bool {
        matches!(
            self,
            Self::Failure { .. }
                | Self::Stopping
                | Self::Started
                | Self::JailCreated(_)
                | Self::JailStopped(_)
        )
    }
}

/// What the lines so far tell about those to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct LogMemory {
    /// The daemon is stopping, as the last line of its life tells.
    pub(crate) stopping: bool,
    /// Failures are logged.
    pub(crate) logs_failures: bool,
}

/// A row of the database's history of bans.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RowFact {
    pub(crate) key: Key,
    /// The time of the last failure, or of the order; whole seconds.
    pub(crate) began: Timestamp,
    /// -1 for ever; `None` where the database does not know.
    pub(crate) seconds: Option<i64>,
    pub(crate) count: Option<u32>,
    pub(crate) failures: Option<u32>,
    pub(crate) lines: Vec<String>,
}

/// What the database has about a ban whose end needs a reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    /// There is no database to ask.
    NoDatabase,
    /// fail2ban deletes what a person unbans.
    Deleted,
    /// The last ban of the subject in the jail.
    There {
        began: Timestamp,
        seconds: Option<i64>,
    },
}

/// An order that this agent gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Order {
    /// To ban.
    Ban {
        key: Key,
        /// Because of a list, and not of a person.
        for_list: bool,
    },
    /// To unban in one jail.
    Unban(Key),
    /// To unban everything in every jail.
    UnbanEverything,
}

/// How far reading the log is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LogState {
    /// There is none that can be read.
    Absent,
    /// There is more to be read.
    Behind,
    /// All that was written has been read.
    AtEnd,
}

/// The circumstances under which the machine decides.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Now {
    /// Time since the hearing began; never goes back.
    pub(crate) elapsed: Duration,
    /// The clock.
    pub(crate) clock: Timestamp,
    pub(crate) log: LogState,
    /// Whether there is a database to read.
    pub(crate) database: bool,
    /// Whether all its rows have been read.
    pub(crate) rows_at_end: bool,
}
