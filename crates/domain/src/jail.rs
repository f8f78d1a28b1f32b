//! Jails as they run.
use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{BanSubject, JailName, Timestamp};

/// What a jail is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum JailState {
    /// It reads its log and bans.
    Running,
    /// It was told by BanGUI to stop reading its log; bans in force stay. The daemon cannot be asked for this.
    Idle,
    /// The configuration enables it and the daemon does not run it.
    Stopped,
}

/// Counters of a jail since the daemon started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct JailCounters {
    /// Addresses that are failing and not banned yet.
    pub currently_failed: u64,
    /// Failures.
    pub total_failed: u64,
    /// Bans in force.
    pub currently_banned: u64,
    /// Bans.
    pub total_banned: u64,
}

/// A jail in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct JailSummary {
    /// Its name.
    pub name: JailName,
    /// What it is doing.
    pub state: JailState,
    /// Its counters; zero for a stopped jail.
    pub counters: JailCounters,
}

/// All jails, as of one moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Jails {
    /// By name.
    pub items: Vec<JailSummary>,
    /// When this was true; `None` when the daemon never answered.
    pub as_of: Option<Timestamp>,
}

/// What a jail reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum JailSource {
    /// Log files, by path.
    Files(Vec<String>),
    /// The systemd journal, by match expression.
    Journal(Vec<String>),
}

/// What a jail runs with. What this version of fail2ban does not tell is `None`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct JailSettings {
    /// How long a ban lasts, in seconds; negative is permanent.
    pub bantime: Option<i64>,
    /// The window in which failures count, in seconds.
    pub findtime: Option<i64>,
    /// Failures that lead to a ban.
    pub maxretry: Option<i64>,
    /// Matched lines kept per address.
    pub maxmatches: Option<i64>,
    /// Lines that a multi-line filter looks at.
    pub maxlines: Option<i64>,
    /// Whether host names are resolved: `yes`, `warn`, `no`, `raw`.
    pub usedns: Option<String>,
    /// Encoding of the log.
    pub log_encoding: Option<String>,
    /// Time zone of the log where it is set.
    pub log_time_zone: Option<String>,
    /// How the time of a line is read.
    pub date_pattern: Option<String>,
    /// The expression that a line must match before `fail_regex` is tried.
    pub pre_regex: Option<String>,
    /// Expressions of failures, expanded by fail2ban.
    pub fail_regex: Vec<String>,
    /// Expressions of lines to leave alone, expanded by fail2ban.
    pub ignore_regex: Vec<String>,
    /// Addresses, networks, host names and files that are never banned.
    pub ignore_ip: Vec<String>,
    /// Whether the machine's own addresses are never banned.
    pub ignore_self: Option<bool>,
    /// A command that decides whether an address is left alone.
    pub ignore_command: Option<String>,
    /// Names of the actions.
    pub actions: Vec<String>,
    /// Whether bans of returning addresses grow longer.
    pub bantime_increment: Option<bool>,
    /// Factor of the growth.
    pub bantime_factor: Option<String>,
    /// Formula of the growth.
    pub bantime_formula: Option<String>,
    /// Multipliers of the growth, instead of the formula.
    pub bantime_multipliers: Option<String>,
    /// The longest ban, in seconds.
    pub bantime_max_seconds: Option<i64>,
    /// The most random seconds that are added.
    pub bantime_random_seconds: Option<i64>,
    /// Whether bans of an address in other jails count.
    pub bantime_over_all_jails: Option<bool>,
}

/// A jail with all that the daemon tells of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct JailDetail {
    /// The jail as in the list.
    pub summary: JailSummary,
    /// What it reads; `None` for a stopped jail.
    pub source: Option<JailSource>,
    /// What it runs with; `None` for a stopped jail.
    pub settings: Option<JailSettings>,
    /// When the daemon was asked.
    pub as_of: Timestamp,
}

/// Settings to change in a running jail, until its next reload. `None` leaves a setting as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RunningSettings {
    /// Seconds, or -1 for permanent. The daemon re-times the bans in force, too.
    pub bantime: Option<i64>,
    /// Seconds, at least 1.
    pub findtime: Option<i64>,
    /// At least 1.
    pub maxretry: Option<i64>,
}

/// What can be done to a jail as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum JailAction {
    /// Run it, with what its configuration says. Ends running, also when it was.
    Start,
    /// Ends stopped, also when it was. Its bans end.
    Stop,
    /// Stop and start.
    Restart,
    /// Read its configuration again; bans stay.
    Reload,
    /// Stop reading its log; bans stay.
    Idle,
    /// Read its log again.
    Resume,
}

/// Why a reload was not begun, or what went wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReloadProblem {
    /// The jail; `None` when the whole configuration is meant.
    pub jail: Option<String>,
    /// What is wrong, in fail2ban's words or ours.
    pub detail: String,
}

/// What a reload did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReloadReport {
    /// The jails that run now.
    pub running: Vec<JailName>,
    /// Those that did not run before.
    pub started: Vec<JailName>,
}

/// An entry of a jail's ignore list: an address, a network or a host name.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct IgnoreEntry(String);

/// Why a text is no entry of an ignore list.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IgnoreEntryError {
    /// Not an address, a network or a host name.
    #[error("write an address, a network such as 192.0.2.0/24, or a host name")]
    Malformed,
    /// Every address of a family: the jail would never ban anybody.
    #[error("this network holds every address, so that the jail would never ban anybody")]
    Everything,
}

impl IgnoreEntry {
    /// The most characters of a host name.
    const MAX_CHARS: usize = 253;

    /// The entry as fail2ban gets it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for IgnoreEntry {
    type Err = IgnoreEntryError;

    fn from_str(text: &str) -> Result<Self, IgnoreEntryError> {
        let text = text.trim();
        if let Ok(parsed) = crate::parse_target(text) {
            if parsed.network.prefix_len() == 0 {
                return Err(IgnoreEntryError::Everything);
            }
            return Ok(Self(BanSubject::Network(parsed.network).to_string()));
        }
        if is_host_name(text) {
            return Ok(Self(text.to_ascii_lowercase()));
        }
        Err(IgnoreEntryError::Malformed)
    }
}

/// Labels of letters, digits and inner hyphens, the last one not a number (that would be a mistyped address).
fn is_host_name(text: &str) -> bool {
    let label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    let last_is_number = text
        .rsplit('.')
        .next()
        .is_none_or(|last| last.bytes().all(|b| b.is_ascii_digit()));
    text.len() <= IgnoreEntry::MAX_CHARS && !last_is_number && text.split('.').all(label)
}

impl TryFrom<String> for IgnoreEntry {
    type Error = IgnoreEntryError;

    fn try_from(text: String) -> Result<Self, IgnoreEntryError> {
        text.parse()
    }
}

impl From<IgnoreEntry> for String {
    fn from(entry: IgnoreEntry) -> Self {
        entry.0
    }
}

impl fmt::Display for IgnoreEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ignore_entry_is_kept_in_canonical_form() {
        for (written, kept) in [
            ("192.0.2.1", "192.0.2.1"),
            ("192.0.2.9/24", "192.0.2.0/24"),
            ("2001:DB8::1", "2001:db8::1"),
            ("Office.Example.org", "office.example.org"),
        ] {
            assert_eq!(written.parse::<IgnoreEntry>().unwrap().as_str(), kept);
        }
    }

    #[test]
    fn ignore_entry_that_fail2ban_would_misread_is_refused() {
        for text in [
            "",
            "a b",
            "999.1.2.3",
            "file:/etc/passwd",
            "-x",
            "a..b",
            "x\ny",
        ] {
            assert_eq!(
                text.parse::<IgnoreEntry>(),
                Err(IgnoreEntryError::Malformed),
                "{text:?}"
            );
        }
        assert_eq!(
            "0.0.0.0/0".parse::<IgnoreEntry>(),
            Err(IgnoreEntryError::Everything)
        );
    }
}
