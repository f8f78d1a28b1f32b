//! What a change would do, before anything is written.
use serde::{Deserialize, Serialize};

use super::{ConfigItemId, ConfigPath, Sha256};
use crate::JailName;

/// How grave a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Severity {
    /// Nothing is written.
    Error,
    /// A person should know.
    Warning,
    /// Good to know.
    Info,
}

/// Who found it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum FindingSource {
    /// BanGUI's own rules.
    Rules,
    /// fail2ban's client (`-t`) on a copy of the files.
    Client,
    /// The daemon, with a jail that never starts.
    Daemon,
    /// Sample lines that are kept with a filter.
    Samples,
}

/// Something that speaks against a configuration, or is good to know about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// How grave.
    pub severity: Severity,
    /// Who found it.
    pub source: FindingSource,
    /// A stable word for it, such as `unknown-option`, `bad-regex`, `log-missing`; the page has texts for those that it knows.
    pub code: String,
    /// What is wrong and what to do, in plain English. Hostile text inside.
    pub detail: String,
    /// The item.
    pub item: Option<ConfigItemId>,
    /// The option.
    pub option: Option<String>,
    /// The file, relative to the configuration's folder.
    pub file: Option<String>,
    /// The line, from 1.
    pub line: Option<usize>,
    /// What was probably meant.
    pub suggestion: Option<String>,
}

/// Why something is not as it should be, where one sentence is enough.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Reason {
    /// A stable word for it, of those that findings have; the page has texts for those that it knows.
    pub code: String,
    /// What is wrong, in plain English. Hostile text inside.
    pub detail: String,
}

/// A file that a plan was made on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FileBase {
    /// Which.
    pub path: ConfigPath,
    /// Its hash then; `None` where it did not exist.
    pub sha256: Option<Sha256>,
}

/// What becomes of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FileChange {
    /// Which.
    pub path: ConfigPath,
    /// Its exact text now; `None` where it does not exist. Hostile text.
    pub before: Option<String>,
    /// Its exact text then; `None` where it is deleted.
    pub after: Option<String>,
    /// The difference, unified with three lines around.
    pub diff: String,
}

/// A value that takes effect differently. "sshd: maxretry 5 → 3".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Effect {
    /// Of which item.
    pub item: ConfigItemId,
    /// Of which option.
    pub option: String,
    /// What took effect.
    pub before: Option<String>,
    /// What will.
    pub after: Option<String>,
}

/// What is loaded anew: each jail by itself, so that no other can be harmed. All empty where the daemon uses nothing of what changes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReloadScope {
    /// Whether settings of the daemon itself are set; that touches no jail.
    pub settings: bool,
    /// Reloaded: their bans stay.
    pub reload: Vec<JailName>,
    /// Stopped and started again, because a reload would keep something of the old: fail2ban takes their bans from its database.
    pub restart: Vec<JailName>,
    /// Whether the bans of those end, for want of a database.
    pub restart_ends_bans: bool,
    /// Started.
    pub start: Vec<JailName>,
    /// Stopped: their bans end.
    pub stop: Vec<JailName>,
}

/// Why a plan is not kept unless it is confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Risk {
    /// An action changes: what bans do to the firewall.
    Actions,
    /// A default of all jails changes.
    AllJails,
    /// Who is ignored becomes less: a ban could hit the person who asks.
    IgnoresLess,
    /// Bans become much longer, permanent, or come much sooner.
    Stricter,
    /// A jail that protects remote access (its ports hold ssh, or BanGUI's own) changes.
    RemoteAccess,
    /// Text that runs commands as root.
    Commands,
    /// The daemon's own settings.
    Daemon,
}

/// Whether a jail that is to be enabled will find something to read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LogCheck {
    /// The jail.
    pub jail: JailName,
    /// The log file or the journal match.
    pub source: String,
    /// Whether it is there and can be read.
    pub found: bool,
    /// How many of its last lines were looked at.
    pub lines: u64,
    /// How many of them the jail's filter matches.
    pub matched: u64,
}

/// What changes would do. Made of the changes and the files alone, so that the same changes on the same files give the same plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConfigPlan {
    /// The hash of the changes, of the files that they were made on, and of the new bytes.
    pub hash: Sha256,
    /// The files that it was made on.
    pub base: Vec<FileBase>,
    /// The files that change.
    pub files: Vec<FileChange>,
    /// What takes effect differently.
    pub effects: Vec<Effect>,
    /// What speaks against it. Errors block it.
    pub findings: Vec<Finding>,
    /// What is loaded anew.
    pub reload: ReloadScope,
    /// Why it must be confirmed; empty where it need not be.
    pub risks: Vec<Risk>,
    /// Whether it can make the daemon run commands as root, and so needs the password once more.
    pub runs_commands: bool,
    /// What jails that are to be enabled will read.
    pub log_checks: Vec<LogCheck>,
}

impl ConfigPlan {
    /// Whether nothing blocks it.
    #[must_use]
    pub fn is_applicable(&self) -> bool {
        !self.files.is_empty()
            && self
                .findings
                .iter()
                .all(|finding| finding.severity != Severity::Error)
    }
}
