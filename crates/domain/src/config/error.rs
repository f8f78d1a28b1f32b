//! Why the configuration could not be read or changed.
use serde::{Deserialize, Serialize};

use super::{ConfigAuthor, ConfigItemId, ConfigPath, Finding, VersionId};
use crate::HostError;

/// Why the configuration could not be read or changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ConfigError {
    /// The daemon, or its client program.
    #[error(transparent)]
    Host(#[from] HostError),
    /// The configuration has no such item.
    #[error("the configuration has no {0:?}")]
    ItemNotFound(ConfigItemId),
    /// There is no such file.
    #[error("there is no file {0}")]
    FileNotFound(ConfigPath),
    /// There is no such version.
    #[error("there is no version {0}")]
    VersionNotFound(VersionId),
    /// The files or the daemon's state are not those that the plan was made on. Nothing was written.
    #[error("the configuration has changed since the plan was made")]
    Changed {
        /// The files that differ now.
        files: Vec<ConfigPath>,
    },
    /// Somebody else's change is under way or waits to be confirmed. Nothing was written.
    #[error("another change is under way")]
    Busy {
        /// Whose.
        author: ConfigAuthor,
        /// Whether it waits to be confirmed.
        waits_for_confirmation: bool,
    },
    /// There is nothing to confirm or revert.
    #[error("no change waits to be confirmed")]
    NothingPending,
    /// Findings speak against it. Nothing was written.
    #[error("the change has errors")]
    Blocked(Vec<Finding>),
    /// A change cannot be made as it was asked for: a value with a line break in it, a shipped file, an option that the syntax has no way to write.
    #[error("{detail}")]
    BadChange {
        /// Which of the changes, from 0.
        change: usize,
        /// What is wrong with it and what to do.
        detail: String,
    },
    /// What runs commands as root is forbidden by a setting of the agent.
    #[error("the agent forbids changes that run commands as root")]
    CommandsForbidden,
    /// The change needs privileges that were not proven (`ApplyCommand::may_run_commands`). Nothing was written.
    #[error("this change can run commands as root, and needs the password once more")]
    NeedsPassword,
    /// A test, a sample or a question about the log cannot be done as it was asked for; says what to do.
    #[error("{0}")]
    BadTest(String),
    /// The folder or a file cannot be read or written. What was begun is undone.
    #[error("{path}: {detail}")]
    Files {
        /// Which, relative to the configuration's folder or absolute.
        path: String,
        /// The system's reason.
        detail: String,
        /// What a person can do about it.
        remedy: String,
    },
    /// A path is outside the folders that are allowed.
    #[error("{0} is not in a folder that may be read")]
    PathNotAllowed(String),
    /// A test of a filter ran longer, or needed or printed more, than it may.
    #[error("the test was ended: {0}")]
    TestEnded(String),
    /// fail2ban-regex could not be run.
    #[error("fail2ban-regex could not be run: {0}")]
    RegexProgram(String),
    /// The daemon cannot be restarted: no service and no command is known, or it failed.
    #[error("fail2ban could not be restarted: {0}")]
    Restart(String),
}
