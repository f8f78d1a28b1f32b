//! Changes, and what became of them.
use std::{collections::BTreeMap, net::IpAddr};

use serde::{Deserialize, Serialize};

use super::{ConfigItemId, ConfigPath, FileBase, Finding, ItemName, OptionName, Sha256, VersionId};
use crate::{JailName, Timestamp};

/// Who changes it, as versions say it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConfigAuthor {
    /// The name; `None` for BanGUI itself.
    pub name: Option<String>,
    /// From where.
    pub address: Option<IpAddr>,
}

/// One change. What a form or an editor makes; several become one plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "change")]
pub enum ConfigChange {
    /// Sets an option in BanGUI's drop-in of the item.
    #[serde(rename_all = "camelCase")]
    Set {
        /// The item; the jail named `DEFAULT` cannot be, see [`Self::SetDefault`].
        item: ConfigItemId,
        /// The section of a filter's or action's file; `None` is the usual one (`Definition`).
        section: Option<String>,
        /// The option.
        option: OptionName,
        /// Its value; lines separated by `\n` only where the option takes several.
        value: String,
    },
    /// Removes an option from BanGUI's drop-in, so that the inherited value holds again.
    #[serde(rename_all = "camelCase")]
    Reset {
        /// The item.
        item: ConfigItemId,
        /// As in [`Self::Set`].
        section: Option<String>,
        /// The option.
        option: OptionName,
    },
    /// Sets an option for all jails, in `[DEFAULT]` of BanGUI's drop-in; `None` removes it.
    #[serde(rename_all = "camelCase")]
    SetDefault {
        /// The option.
        option: OptionName,
        /// Its value.
        value: Option<String>,
    },
    /// Enables a jail, with overrides.
    #[serde(rename_all = "camelCase")]
    Enable {
        /// The jail.
        jail: ItemName,
        /// Options to set with it.
        overrides: BTreeMap<OptionName, String>,
    },
    /// Disables a jail.
    #[serde(rename_all = "camelCase")]
    Disable {
        /// The jail.
        jail: ItemName,
    },
    /// Makes a jail of one's own, in BanGUI's drop-in.
    #[serde(rename_all = "camelCase")]
    CreateJail {
        /// Its name; not that of another.
        jail: ItemName,
        /// Its options, `enabled` too.
        options: BTreeMap<OptionName, String>,
    },
    /// Makes a filter or an action of one's own, from text.
    #[serde(rename_all = "camelCase")]
    CreateFile {
        /// The filter or action; not the name of another.
        item: ConfigItemId,
        /// The text of its `.local`.
        text: String,
    },
    /// Deletes a jail, filter or action of one's own.
    #[serde(rename_all = "camelCase")]
    Delete {
        /// Which.
        item: ConfigItemId,
    },
    /// Replaces the text of a `.local` file, or makes it.
    #[serde(rename_all = "camelCase")]
    WriteFile {
        /// Which.
        path: ConfigPath,
        /// The whole text.
        text: String,
        /// The hash of the text that the editor began with; `None` for a new file. Another text there now is a conflict.
        base: Option<Sha256>,
    },
    /// Brings the files of a version back.
    #[serde(rename_all = "camelCase")]
    Restore {
        /// Which.
        version: VersionId,
    },
}

/// An order to apply a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ApplyCommand {
    /// The changes that the plan was made of.
    pub changes: Vec<ConfigChange>,
    /// The plan's hash.
    pub hash: Sha256,
    /// The files that the plan was made on, to say what changed since.
    pub base: Vec<FileBase>,
    /// Who orders it.
    pub author: ConfigAuthor,
    /// Why, for the history; at most 500 characters.
    pub note: String,
    /// Whether the person may, and proved it with the password lately, change what runs commands as root.
    pub may_run_commands: bool,
    /// Whether it must be confirmed also where no rule asks for it.
    pub confirm: bool,
}

/// What applying a plan goes through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ApplyStep {
    /// Make the plan again, and compare it.
    Plan,
    /// Check it as the plan was checked.
    Validate,
    /// Keep the files as they are.
    Snapshot,
    /// Write the new files.
    Write,
    /// Load them.
    Reload,
    /// Ask the daemon what runs.
    Verify,
    /// Keep the new version.
    Record,
    /// Put the old files back, after a failure.
    PutBack,
    /// Load the old files.
    ReloadOld,
    /// Ask the daemon again.
    VerifyOld,
}

/// How far a step is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StepState {
    /// Which.
    pub step: ApplyStep,
    /// When it began.
    pub began_at: Timestamp,
    /// When it ended; `None` while it goes on.
    pub ended_at: Option<Timestamp>,
    /// Why it failed; `None` where it did not. Hostile text.
    pub failed: Option<String>,
}

/// What came of undoing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UndoReport {
    /// Whether all files are as they were.
    pub files_are_back: bool,
    /// Jails that ran before and do not run now, with what to do; empty when all is well.
    pub jails_lost: Vec<JailName>,
    /// What could not be undone, in plain words. Hostile text.
    pub problem: Option<String>,
}

/// What came of applying a plan. An error before anything was written is a `ConfigError` instead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ApplyReport {
    /// The version that was made; also of an attempt that failed, whose files are not in force.
    pub version: VersionId,
    /// Whether the new files are in force.
    pub in_force: bool,
    /// What failed, in plain words; `None` where all went well. Hostile text.
    pub failed: Option<String>,
    /// What came of undoing it, where it failed.
    pub undone: Option<UndoReport>,
    /// When it reverts by itself unless it is confirmed.
    pub confirm_by: Option<Timestamp>,
    /// The jails that run now.
    pub running: Vec<JailName>,
    /// The steps.
    pub steps: Vec<StepState>,
    /// Warnings that were there. Hostile text inside.
    pub findings: Vec<Finding>,
}
