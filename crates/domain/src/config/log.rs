//! fail2ban's own log, and the daemon as a program.
use serde::{Deserialize, Serialize};

use super::Reason;
use crate::Timestamp;

/// How grave a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum LogLevel {
    /// The least.
    Debug,
    /// What happens.
    Info,
    /// Bans and unbans.
    Notice,
    /// Something is odd.
    Warning,
    /// Something failed.
    Error,
    /// The daemon cannot go on.
    Critical,
}

/// Which lines are wanted.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LogQuery {
    /// Only of this level and graver ones.
    pub level: Option<LogLevel>,
    /// Only with this text, whatever its case.
    pub text: Option<String>,
    /// Only lines behind this place, as a page said it; `None` is the end of the log.
    pub after: Option<String>,
    /// At most this many lines.
    pub limit: u32,
}

impl LogQuery {
    /// The most lines of a page.
    pub const MAX_LINES: u32 = 1_000;
}

/// A line of the log; what follows it without a head of its own is part of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LogLine {
    /// When; `None` where the line has no time that can be read.
    pub at: Option<Timestamp>,
    /// How grave.
    pub level: Option<LogLevel>,
    /// Which part of fail2ban wrote it, such as `actions`.
    pub logger: Option<String>,
    /// The text, cut where it is very long. Hostile text.
    pub text: String,
    /// Whether it was cut.
    pub cut: bool,
}

/// Lines in the order of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LogPage {
    /// The lines.
    pub lines: Vec<LogLine>,
    /// Where to go on.
    pub next: String,
    /// Where they come from: a path, `journal`, or why there is nothing to read (`STDOUT`, syslog without a journal).
    pub source: String,
    /// Why there is nothing to read.
    pub problem: Option<Reason>,
    /// Whether lines were left out between `after` and the first of these.
    pub gap: bool,
}

/// What came of restarting the daemon.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RestartReport {
    /// How it was done: `service` or `command`.
    pub by: String,
    /// Jails that ran before and do not now.
    pub jails_lost: Vec<crate::JailName>,
    /// Jails that run now.
    pub running: Vec<crate::JailName>,
    /// How long it took.
    pub milliseconds: u64,
}
