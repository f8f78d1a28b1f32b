//! What a daemon tells about a jail.

use serde::{Deserialize, Serialize};

use crate::IgnoreEntry;

/// A duration in whole seconds; negative means for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seconds(pub i64);

impl Seconds {
    /// The ban time of a ban that never ends.
    pub const PERMANENT: Self = Self(-1);
}

/// The counters of a jail since it was started.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JailCounters {
    /// Name of the jail.
    pub jail: String,
    /// What feeds it (`polling`, `systemd`, …); only known from 1.1 on.
    pub backend: Option<String>,
    /// Addresses with failures that are not banned yet.
    pub currently_failed: u64,
    /// Failures seen.
    pub total_failed: u64,
    /// Active bans.
    pub currently_banned: u64,
    /// Bans made, restored ones included.
    pub total_banned: u64,
}

/// A jail's counters and what it reads.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct JailStatus {
    /// Addresses with failures that are not banned yet.
    pub currently_failed: u64,
    /// Failures seen.
    pub total_failed: u64,
    /// Active bans.
    pub currently_banned: u64,
    /// Bans made, restored ones included.
    pub total_banned: u64,
    /// Log files that are read; `None` if the jail reads the journal.
    pub files: Option<Vec<String>>,
    /// Matches on the journal; `None` if the jail reads files.
    pub journal_matches: Option<Vec<String>>,
}

/// The values that a jail runs with; each is `None` where this daemon does not tell.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct JailSettings {
    /// How long a ban lasts.
    pub bantime: Option<Seconds>,
    /// The time within which failures add up.
    pub findtime: Option<Seconds>,
    /// Failures that lead to a ban.
    pub maxretry: Option<i64>,
    /// Matched lines kept for each ban.
    pub maxmatches: Option<i64>,
    /// Lines that a regex may span.
    pub maxlines: Option<i64>,
    /// `yes`, `warn`, `no` or `raw`.
    pub usedns: Option<String>,
    /// Encoding of the log.
    pub logencoding: Option<String>,
    /// Time zone of log lines without one; `None` also where none is set.
    pub logtimezone: Option<String>,
    /// How times are found in the log: the pattern (where one is set) or its name.
    pub datepattern: Option<String>,
    /// The regex before all others, expanded; empty if none is set.
    pub prefregex: Option<String>,
    /// The regexes of failures, expanded (`<HOST>` is replaced), so they do not fit back into a configuration.
    pub failregex: Option<Vec<String>>,
    /// The regexes of lines to leave out, expanded.
    pub ignoreregex: Option<Vec<String>>,
    /// What is never banned.
    pub ignoreip: Option<Vec<IgnoreEntry>>,
    /// Whether the machine's own addresses are never banned.
    pub ignoreself: Option<bool>,
    /// The command that decides what is never banned; empty if none is set.
    pub ignorecommand: Option<String>,
    /// The cache of that command: key, entries, seconds; `None` also where none is set.
    pub ignorecache: Option<Vec<String>>,
    /// Log files that are read.
    pub logpath: Option<Vec<String>>,
    /// Matches on the journal, each with its terms joined by spaces.
    pub journalmatch: Option<Vec<String>>,
    /// Names of the actions.
    pub actions: Option<Vec<String>>,
    /// How ban times grow with repeated bans.
    pub escalation: Escalation,
}

/// The `bantime.*` values of a jail; each is `None` where it is not set or not told.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Escalation {
    /// Whether ban times grow.
    pub increment: Option<bool>,
    /// Factor of the growth.
    pub factor: Option<String>,
    /// Formula of the growth.
    pub formula: Option<String>,
    /// Multipliers by number of the ban.
    pub multipliers: Option<String>,
    /// The longest ban.
    pub maxtime: Option<Seconds>,
    /// Random seconds added at most.
    pub rndtime: Option<Seconds>,
    /// Whether bans of other jails count.
    pub overalljails: Option<bool>,
}
