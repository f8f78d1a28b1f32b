//! The daemon as BanGUI finds it.
use serde::{Deserialize, Serialize};

use crate::{HostError, HostId, Timestamp};

/// Whether the daemon answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum DaemonState {
    /// It answers.
    Up {
        /// What it calls its version, such as `1.0.2`.
        version: String,
    },
    /// It does not.
    Down {
        /// Why, as far as can be told.
        reason: DownReason,
        /// The reason in one sentence.
        detail: String,
        /// What a person can do about it.
        remedy: String,
        /// Since when, as far as BanGUI saw.
        since: Timestamp,
    },
    /// BanGUI has just started and has no answer yet.
    Connecting,
}

impl DaemonState {
    /// Refuses what a daemon that is down cannot do. One that was not asked yet may do it.
    ///
    /// # Errors
    /// `Unavailable`, in the words of this state.
    pub fn unless_down(&self) -> Result<(), HostError> {
        match self {
            Self::Up { .. } | Self::Connecting => Ok(()),
            Self::Down {
                reason,
                detail,
                remedy,
                ..
            } => Err(HostError::Unavailable {
                reason: *reason,
                detail: detail.clone(),
                remedy: remedy.clone(),
            }),
        }
    }
}

/// Why the daemon does not answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum DownReason {
    /// There is no socket: fail2ban is not running, or listens elsewhere.
    SocketMissing,
    /// BanGUI may not open the socket.
    NoPermission,
    /// The socket is there and nobody listens.
    Refused,
    /// It listens and does not answer in time: busy or hung.
    NotAnswering,
    /// It answers what fail2ban would not.
    Protocol,
}

/// Sums over all jails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Totals {
    /// Running jails.
    pub jails: u64,
    /// Addresses that are failing and not banned yet.
    pub currently_failed: u64,
    /// Failures since the daemon started.
    pub total_failed: u64,
    /// Bans in force.
    pub currently_banned: u64,
    /// Bans since the daemon started.
    pub total_banned: u64,
}

/// The host in one look; answered from the last poll.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HostStatus {
    /// Which host.
    pub host: HostId,
    /// Whether the daemon answers.
    pub daemon: DaemonState,
    /// The socket that is asked.
    pub socket: String,
    /// When the numbers were true; `None` when the daemon never answered.
    pub as_of: Option<Timestamp>,
    /// When the daemon was last asked, with or without success.
    pub checked_at: Option<Timestamp>,
    /// Sums over all jails at `as_of`.
    pub totals: Totals,
    /// Changes with every change of what the host's reading verbs answer; for conditional requests.
    pub revision: u64,
}

/// A socket that may be a fail2ban's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConnectionCandidate {
    /// Path of the socket.
    pub socket: String,
    /// Whether it is the one in use.
    pub in_use: bool,
}

/// What came of trying a socket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConnectionTest {
    /// Path of the socket.
    pub socket: String,
    /// What was found.
    pub daemon: DaemonState,
    /// Running jails, when it answers.
    pub jails: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn daemon_that_is_down_is_refused_in_its_own_words() {
        let down = DaemonState::Down {
            reason: DownReason::Refused,
            detail: "nobody listens".to_owned(),
            remedy: "start it".to_owned(),
            since: Timestamp::from_millis(0),
        };
        assert_eq!(
            down.unless_down(),
            Err(HostError::Unavailable {
                reason: DownReason::Refused,
                detail: "nobody listens".to_owned(),
                remedy: "start it".to_owned(),
            })
        );
        assert_eq!(DaemonState::Connecting.unless_down(), Ok(()));
    }
}
