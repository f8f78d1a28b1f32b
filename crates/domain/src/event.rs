//! What happened: events as the agent hears them and as storage keeps them.
use serde::{Deserialize, Serialize};

use crate::{BanEnd, BanSubject, HostId, JailName, Place, Timestamp, UserName};

/// The key of a stored event; grows with the order of storing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EventId(pub i64);

/// What kind of thing happened. Failures are counted, not kept one by one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum EventKind {
    /// A ban began.
    Ban,
    /// A ban from before was put in force again after a start; not a new ban.
    Restored,
    /// A ban ended.
    Unban,
}

/// Who or what made a ban.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Origin {
    /// A jail, from failures in a log.
    Detected,
    /// A person.
    Manual,
    /// A list.
    Blocklist,
}

/// Why a ban ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum UnbanCause {
    /// Its time was over.
    Expired,
    /// A person ended it.
    ByHand,
    /// The jail or the daemon was stopped.
    Flushed,
    /// It cannot be known.
    Unknown,
}

/// A thing that happened on a host, as the agent tells it.
///
/// Unique by host, jail, subject, kind and `at`: told again (after a crash, from another source) it is the same event, and what it knows more is added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HeardEvent {
    /// When it happened.
    pub at: Timestamp,
    /// What.
    pub kind: EventKind,
    /// In which jail.
    pub jail: JailName,
    /// To whom.
    pub subject: BanSubject,
    /// By whom, for bans and what followed from them; `Detected` where nothing says otherwise.
    pub origin: Origin,
    /// The person, where BanGUI did it for one.
    pub actor: Option<UserName>,
    /// Why it ended; only for unbans.
    pub cause: Option<UnbanCause>,
    /// How long the ban was to last, in seconds; -1 for ever; `None` where no source tells.
    pub bantime_seconds: Option<i64>,
    /// How many failures led to it.
    pub failures: Option<u32>,
    /// The how manieth ban of the subject, as fail2ban's increments count.
    pub ban_count: Option<u32>,
    /// The log lines that led to it. Hostile text; the agent cuts number and length.
    pub lines: Vec<String>,
}

impl HeardEvent {
    /// When the ban ends by itself, from its beginning and its time.
    #[must_use]
    pub const fn end(&self) -> BanEnd {
        match self.bantime_seconds {
            Some(seconds) if seconds < 0 => BanEnd::Never,
            Some(seconds) => BanEnd::At(self.at.plus_seconds(seconds)),
            None => BanEnd::Unknown,
        }
    }
}

/// A stored event with the place of its subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Its key.
    pub id: EventId,
    /// The host.
    pub host: HostId,
    /// What happened; `lines` is empty in lists.
    pub what: HeardEvent,
    /// The place of the subject at the time of storing.
    pub place: Place,
    /// Whether there are lines to be asked for.
    pub has_lines: bool,
}

/// Failures of one subject in one jail within one hour that are to be added to what was counted before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HeardFailures {
    /// In which jail.
    pub jail: JailName,
    /// By whom.
    pub subject: BanSubject,
    /// The beginning of the hour (UTC).
    pub hour: Timestamp,
    /// How many more.
    pub count: u32,
    /// When the last one happened.
    pub last_at: Timestamp,
}

/// How far the agent has heard: opaque to everyone but the agent, and small.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct HearCursor(pub String);

/// What was heard since a cursor. Stored in one transaction with the new cursor, so that nothing is lost and nothing counted twice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HeardBatch {
    /// What happened, in the order of hearing.
    pub events: Vec<HeardEvent>,
    /// Failures to be added.
    pub failures: Vec<HeardFailures>,
    /// How far this batch goes.
    pub cursor: HearCursor,
    /// Whether more lies ready, so that the next question would be answered at once.
    pub more: bool,
}

/// The most events of one batch.
pub const MAX_EVENTS_PER_BATCH: usize = 500;

/// How a jail sees its logs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct JailHealth {
    /// The jail.
    pub jail: JailName,
    /// Its log files; empty for a journal.
    pub logs: Vec<LogHealth>,
    /// When a line last matched, as far as heard.
    pub last_failure_at: Option<Timestamp>,
    /// When it last banned, as far as heard.
    pub last_ban_at: Option<Timestamp>,
    /// What is wrong; empty when nothing is known to be.
    pub alarms: Vec<JailAlarm>,
    /// What cannot be known now: without it the jail may be blind although there is no alarm.
    pub unknown: Vec<JailUnknown>,
}

/// A log file of a jail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LogHealth {
    /// The path.
    pub path: String,
    /// When the file was last written to; `None` when it cannot be seen.
    pub written_at: Option<Timestamp>,
    /// Its size in bytes.
    pub size: Option<u64>,
    /// The position up to which fail2ban's database says it was read, in bytes.
    pub read_to: Option<u64>,
}

/// What cannot be known of a jail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum JailUnknown {
    /// A log file may not be looked at by BanGUI; fail2ban may well read it.
    LogNotSeen,
    /// fail2ban has noted nowhere how far it has read: it keeps no database, the database cannot be read, or there is no entry of this log in it.
    ReadingNotNoted,
    /// Whether a line matched is not heard: fail2ban's own log is not heard, or failures are not logged in it.
    MatchesNotHeard,
}

/// What history knows of a jail's past.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastHeard {
    /// The jail.
    pub jail: JailName,
    /// The last failure.
    pub failure_at: Option<Timestamp>,
    /// The last ban.
    pub ban_at: Option<Timestamp>,
}

/// Why a jail may be blind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum JailAlarm {
    /// A log file is not there.
    LogMissing,
    /// fail2ban cannot read a log file.
    LogUnreadable,
    /// The log was rotated away: fail2ban's position is in another file.
    LogRotatedAway,
    /// The log is written to and fail2ban does not read on.
    LogNotRead,
    /// Nothing was written to any of its logs for a day.
    LogSilent,
    /// The log is written to, and nothing has matched for a week.
    NothingMatches,
    /// The times in the log differ from this machine's clock by more than a minute, so that failures look old or to come.
    ClockDiffers,
    /// It has no log at all.
    NoLog,
}
