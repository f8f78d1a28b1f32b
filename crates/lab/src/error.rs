use std::io;
use std::path::{Path, PathBuf};

use crate::Enforcement;

/// What can go wrong when a lab is started or used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LabError {
    /// A part of fail2ban, or a program that the lab needs, is missing.
    #[error("{} is missing: {remedy}", path.display())]
    NotInstalled {
        /// The file or program that was looked for.
        path: PathBuf,
        /// What the person can do about it.
        remedy: &'static str,
    },
    /// A file or process operation failed.
    #[error("cannot {what} {}: {source}", path.display())]
    Io {
        /// What was tried, as a verb.
        what: &'static str,
        /// The file or program it was tried on.
        path: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
    /// A Unix socket's path may have 107 bytes; the folder's name is too long for it.
    #[error("the socket's path {} is longer than the 107 bytes that a Unix socket may have", .0.display())]
    SocketPathTooLong(PathBuf),
    /// Another daemon answers on the socket in the folder.
    #[error("another lab is running in {}", .0.display())]
    FolderInUse(PathBuf),
    /// The machine does not let the lab enforce bans in the way that was asked for.
    #[error("enforcement {wanted:?} is not permitted here: {reason}")]
    EnforcementNotPermitted {
        /// What was asked for.
        wanted: Enforcement,
        /// What the machine said.
        reason: String,
    },
    /// The settings name a jail that the lab does not know, twice, or with a name that a file cannot have.
    #[error("the lab cannot make a jail named {0:?}")]
    BadJailName(String),
    /// The lab runs no jail of this name.
    #[error("the lab has no jail {0:?}")]
    UnknownJail(String),
    /// The recidive jail bans who is banned elsewhere, and the lab runs too few other jails for that.
    #[error("recidive needs {needed} other jails to ban an address, the lab has {there}")]
    TooFewJails {
        /// Jails that must ban the address first.
        needed: usize,
        /// Jails that there are.
        there: usize,
    },
    /// The daemon ended, or did not answer in time, while it was started.
    #[error("fail2ban did not start: {output}")]
    NotStarted {
        /// The last lines that it wrote.
        output: String,
    },
    /// `fail2ban-client` ended with an error.
    #[error("fail2ban-client {args} failed ({status}): {output}")]
    Client {
        /// The arguments, joined by spaces.
        args: String,
        /// How the program ended.
        status: String,
        /// What it wrote on both outputs.
        output: String,
    },
    /// The traffic thread is gone, because a log file could not be written.
    #[error("the traffic has stopped: a log file could not be written")]
    TrafficStopped,
}

impl LabError {
    /// Makes the mapping of an [`io::Error`] that says what was tried on which path.
    pub(crate) fn io(what: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_path_buf();
        move |source| Self::Io { what, path, source }
    }
}
