//! Jails, filters, actions and the daemon, as their files have them.
use serde::{Deserialize, Serialize};

use super::{ConfigItemId, ConfigPath, Finding, Reason, Sha256};
use crate::{JailState, Timestamp};

/// What a list shows about an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Badge {
    /// A jail that is enabled; a filter or an action that an enabled jail uses.
    Active,
    /// Not used.
    Inactive,
    /// A .local file or drop-in changes what was shipped.
    Changed,
    /// Only there because a .local file made it.
    Own,
    /// fail2ban cannot load it.
    Broken,
    /// Its files were changed by something else than BanGUI since the last version.
    EditedOutside,
}

/// An item in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConfigItemSummary {
    /// Which.
    pub id: ConfigItemId,
    /// What there is to say, in the order of [`Badge`].
    pub badges: Vec<Badge>,
    /// A jail's filter; `None` for others.
    pub filter: Option<String>,
    /// The jails that use a filter or an action, by name; empty for others.
    pub used_by: Vec<String>,
    /// What the daemon says of a jail; `None` for others and while it cannot be asked.
    pub state: Option<JailState>,
    /// Why it is broken.
    pub problem: Option<Reason>,
}

/// All items, active ones first, then by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConfigItems {
    /// The items.
    pub items: Vec<ConfigItemSummary>,
    /// What is wrong with files as a whole. Hostile text inside.
    pub findings: Vec<Finding>,
    /// When the files were read.
    pub as_of: Timestamp,
}

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SourceLine {
    /// The file, relative to the configuration's folder; absolute for included ones outside.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The section that it stands in.
    pub section: String,
}

/// One place that sets an option.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Layer {
    /// Where.
    pub source: SourceLine,
    /// What it says, before anything is filled in.
    pub raw: String,
}

/// An option with its effective value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConfigOption {
    /// Its name.
    pub name: String,
    /// The section that it belongs to in a filter's or action's file (`Definition`, `Init`, `Init?family=inet6`); the jail's name, or `Definition` of the daemon.
    pub section: String,
    /// The value that takes effect, with everything filled in; `None` where nothing sets it and fail2ban has no value of its own. Hostile text.
    pub value: Option<String>,
    /// Where the value is set; `None` where it is fail2ban's own default.
    pub set_at: Option<SourceLine>,
    /// The value as it is written there, before anything is filled in.
    pub raw: Option<String>,
    /// What it overrides, nearest first.
    pub overrides: Vec<Layer>,
    /// Whether the item's own section sets it, rather than `[DEFAULT]`, the filter or the action.
    pub own: bool,
    /// Whether BanGUI's drop-in sets it, so that it can be reset.
    pub by_bangui: bool,
    /// What a running jail says; `None` where it does not run or cannot be asked for this.
    pub running: Option<String>,
    /// Whether the running value is another than the file's.
    pub differs: bool,
}

/// What a file is to BanGUI.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum FileRole {
    /// Shipped with fail2ban or by a package; never written.
    Shipped,
    /// A person's `.local`; written only as text, when a person picks it.
    Local,
    /// BanGUI's own drop-in.
    BanGui,
}

/// A file with its content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConfigFile {
    /// Which.
    pub path: ConfigPath,
    /// What it is.
    pub role: FileRole,
    /// Its text; bytes that are not UTF-8 are shown as U+FFFD and then `editable` is false. Hostile text.
    pub text: String,
    /// Its hash; `None` where the file does not exist yet.
    pub sha256: Option<Sha256>,
    /// When it was last changed.
    pub modified_at: Option<Timestamp>,
    /// Whether its text can be edited here.
    pub editable: bool,
    /// What is wrong with it, by line.
    pub findings: Vec<Finding>,
}

/// What can be done with an item as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ItemAction {
    /// Enable a jail.
    Enable,
    /// Disable a jail.
    Disable,
    /// Delete it: only what is BanGUI's or a person's own.
    Delete,
}

/// An item with all there is to say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConfigItem {
    /// The item as in the list.
    pub summary: ConfigItemSummary,
    /// Every option that is set or that fail2ban knows for this kind, in the order of the description, unknown ones last.
    pub options: Vec<ConfigOption>,
    /// The files that take part, in the order in which they are read, and the `.local` that can be made.
    pub files: Vec<ConfigPath>,
    /// What can be done with it.
    pub actions: Vec<ItemAction>,
    /// What speaks against it as it is. Hostile text inside.
    pub findings: Vec<Finding>,
    /// When the files were read.
    pub as_of: Timestamp,
}

/// What kind of value an option takes: which field a form shows, and how it is checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "kind")]
pub enum OptionKind {
    /// Yes or no.
    Boolean,
    /// A whole number.
    #[serde(rename_all = "camelCase")]
    Integer {
        /// The least.
        min: Option<i64>,
        /// The greatest.
        max: Option<i64>,
    },
    /// A span of time: seconds, or `10m`, `1d 2h`.
    #[serde(rename_all = "camelCase")]
    Duration {
        /// Whether -1 means for ever.
        permanent: bool,
    },
    /// One of some words.
    #[serde(rename_all = "camelCase")]
    Choice {
        /// The words.
        words: Vec<String>,
        /// Whether other words are taken too.
        open: bool,
    },
    /// Addresses, networks and host names, separated by spaces.
    Addresses,
    /// Paths of log files, one a line; `*` allowed.
    Paths,
    /// Regular expressions of fail2ban, one a line.
    Regexes,
    /// One regular expression.
    Regex,
    /// Ports: names or numbers, separated by commas, or ranges.
    Ports,
    /// A filter with its parameters.
    Filter,
    /// Actions with their parameters, one a line.
    Actions,
    /// A command that runs as root.
    Command,
    /// An expression that fail2ban evaluates as root.
    Formula,
    /// One line of text.
    Text,
    /// Text of several lines.
    Lines,
}

/// The description of an option: forms, validation and documentation come from it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OptionSpec {
    /// Its name.
    pub name: String,
    /// For which kind of item.
    pub item: super::ConfigItemKind,
    /// The section of filters and actions; `None` for jails.
    pub section: Option<String>,
    /// The group of a form that it stands in: `detection`, `banning`, `increment`, `sources`, `ignore`, `actions`, `commands`, `advanced` …
    pub group: String,
    /// What it takes.
    pub value: OptionKind,
    /// A unit to show behind the field, such as `seconds`.
    pub unit: Option<String>,
    /// What it does, in one or two plain sentences of English.
    pub help: String,
    /// What holds where nothing sets it.
    pub default: Option<String>,
    /// The first version of fail2ban that knows it, where that is later than 0.11.
    pub since: Option<String>,
    /// Whether a value can make the daemon run commands as root.
    pub privileged: bool,
}
