//! How far this agent has heard, as it is kept by whoever asks.
use std::path::{Path, PathBuf};

use domain::{HearCursor, TimeRange, Timestamp};
use fail2ban::database::Mark;
use serde::{Deserialize, Serialize};

use super::{facts::LogMemory, last_seen::OddTime, sources::LogPlace, tail::Position};

/// The form below. A cursor of another form is taken as the beginning: storage knows each event that is told again.
const VERSION: u32 = 1;

/// What a restart needs to go on. A few hundred bytes to 2 kB: it is stored with each batch.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Cursor {
    #[serde(rename = "v")]
    pub(crate) version: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) log: Option<LogCursor>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) journal: Option<JournalCursor>,
    /// Logs that the daemon wrote to before, the last one last: it may come back to them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) left_logs: Vec<LogCursor>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) left_journal: Option<JournalCursor>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) database: Option<PathBuf>,
    #[serde(default)]
    pub(crate) mark: Mark,
    /// What began before this was told.
    #[serde(default)]
    pub(crate) known: Option<Timestamp>,
    #[serde(default)]
    pub(crate) stopping: bool,
    #[serde(default)]
    pub(crate) logs_failures: bool,
    /// The jails of whose times the daemon complained.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) odd_times: Vec<OddTime>,
    /// A time of which nothing could be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) unheard: Option<TimeRange>,
    /// Grows with each batch that tells something. Many events can come from one place in the sources, and a batch must never have the cursor that it was
    /// asked with: it would be taken for one that is asked for again.
    #[serde(rename = "n", default)]
    pub(crate) batches: u64,
}

/// How far the journal was read, by its own names of entries.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct JournalCursor {
    /// Up to here its entries were heard.
    pub(crate) told: String,
    /// From here they have to be read again, because not all that they tell was told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) from: Option<String>,
    /// The time of the last entry.
    pub(crate) last: Option<Timestamp>,
}

/// How far the log was read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct LogCursor {
    pub(crate) path: PathBuf,
    /// Up to here its lines were heard.
    pub(crate) told: Option<Position>,
    /// From here they have to be read again, because not all that they tell was told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) from: Option<Position>,
    /// The time of the last line.
    pub(crate) last: Option<Timestamp>,
    /// The zone in which its times were read, so that lines that are read again have the same times.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) zone: Option<String>,
}

impl Cursor {
    /// Reads a cursor; `None` is the beginning.
    pub(crate) fn read(cursor: Option<&HearCursor>) -> Self {
        let Some(cursor) = cursor else {
            return Self::default();
        };
        match serde_json::from_str::<Self>(&cursor.0) {
            Ok(read) if read.version == VERSION => read,
            Ok(_) | Err(_) => {
                tracing::warn!("the cursor is none of this version's: everything is heard again");
                Self::default()
            }
        }
    }

    /// The log that was read.
    pub(crate) fn log_place(&self) -> Option<LogPlace> {
        match (&self.log, &self.journal) {
            (Some(log), _) => Some(LogPlace::File(log.path.clone())),
            (None, Some(_)) => Some(LogPlace::Journal),
            (None, None) => None,
        }
    }

    /// How far a log was read, now or before.
    pub(crate) fn log_of(&self, path: &Path) -> Option<&LogCursor> {
        let all = self.log.iter().chain(self.left_logs.iter().rev());
        all.into_iter().find(|log| log.path == path)
    }

    /// How far the journal was read, now or before.
    pub(crate) const fn any_journal(&self) -> Option<&JournalCursor> {
        match &self.journal {
            Some(journal) => Some(journal),
            None => self.left_journal.as_ref(),
        }
    }

    /// Remembers how far a log was read that the daemon does not write to any more.
    pub(crate) fn leave_log(&mut self, log: LogCursor) {
        /// A cursor is stored with each batch.
        const MAX: usize = 3;
        self.left_logs.retain(|left| left.path != log.path);
        self.left_logs.push(log);
        let surplus = self.left_logs.len().saturating_sub(MAX);
        self.left_logs.drain(..surplus);
    }

    /// What was known of the log's lines.
    pub(crate) const fn log_memory(&self) -> LogMemory {
        LogMemory {
            stopping: self.stopping,
            logs_failures: self.logs_failures,
        }
    }

    pub(crate) fn write(mut self) -> HearCursor {
        self.version = VERSION;
        // Plain data without maps of odd keys: writing it cannot fail.
        HearCursor(serde_json::to_string(&self).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hear::tail::FileId;

    fn full() -> Cursor {
        let position = |byte| Position {
            file: FileId {
                device: u64::MAX,
                inode: u64::MAX,
                head_bytes: 256,
                head: "0123456789abcdef".into(),
            },
            byte,
        };
        Cursor {
            version: VERSION,
            log: Some(LogCursor {
                path: "/var/log/fail2ban.log".into(),
                told: Some(position(u64::MAX)),
                from: Some(position(7)),
                last: Some(Timestamp::from_millis(1_795_456_623_042)),
                zone: Some("America/Argentina/ComodRivadavia".into()),
            }),
            journal: None,
            left_logs: Vec::new(),
            left_journal: None,
            database: Some("/var/lib/fail2ban/fail2ban.sqlite3".into()),
            mark: Mark::default(),
            known: Some(Timestamp::from_millis(1_795_456_623_042)),
            stopping: true,
            logs_failures: true,
            odd_times: vec![OddTime {
                jail: "a-jail".parse().unwrap(),
                at: Timestamp::from_millis(1_795_456_623_042),
            }],
            unheard: Some(TimeRange {
                from: Timestamp::from_millis(1_795_456_623_042),
                until: Timestamp::from_millis(1_795_456_723_042),
            }),
            batches: u64::MAX,
        }
    }

    #[test]
    fn cursor_written_and_read_is_the_same() {
        assert_eq!(Cursor::read(Some(&full().write())), full());
    }

    #[test]
    fn cursor_without_its_mark_is_short() {
        // The mark adds at most 24 keys and fingerprints.
        assert!(full().write().0.len() < 1_000, "{}", full().write().0);
    }

    #[test]
    fn cursor_of_another_version_or_nonsense_is_the_beginning() {
        for text in ["", "{}", "null", "{\"v\":99}", "[]"] {
            let read = Cursor::read(Some(&HearCursor(text.into())));
            assert_eq!(read, Cursor::default(), "{text}");
        }
    }
}
