//! Limits of a client.

use std::path::PathBuf;
use std::time::Duration;

use crate::protocol::Limits;

/// Where the daemon is and how long to wait for it.
#[derive(Debug, Clone)]
pub struct ClientConfig {
    /// The daemon's socket.
    pub socket: PathBuf,
    /// How long a question may take, waiting for its turn and for a busy daemon included.
    pub read_timeout: Duration,
    /// How long a change may take: the daemon runs the actions of a ban before it answers.
    pub action_timeout: Duration,
    /// How long a socket that refuses is tried again. A starting daemon refuses for a moment between
    /// making the socket and listening on it; a dead one's left-over socket refuses for ever.
    pub refused_patience: Duration,
    /// Connections at the same time. The daemon answers one command after the other in any case.
    pub max_in_flight: usize,
    /// What one request and one reply may cost.
    pub limits: Limits,
}

impl ClientConfig {
    /// The defaults for a socket.
    #[must_use]
    pub fn new(socket: impl Into<PathBuf>) -> Self {
        Self {
            socket: socket.into(),
            ..Self::default()
        }
    }

    /// The time limit of a command of a class.
    #[must_use]
    pub(super) fn time_limit(&self, class: CommandClass) -> Duration {
        match class {
            CommandClass::Read => self.read_timeout,
            CommandClass::Action => self.action_timeout,
        }
    }
}

impl Default for ClientConfig {
    fn default() -> Self {
        Self {
            socket: PathBuf::from("/var/run/fail2ban/fail2ban.sock"),
            read_timeout: Duration::from_secs(10),
            action_timeout: Duration::from_mins(2),
            refused_patience: Duration::from_secs(1),
            max_in_flight: 4,
            limits: Limits::default(),
        }
    }
}

/// Which time limit applies to a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CommandClass {
    /// Asks.
    Read,
    /// Changes something, and may run actions inside the daemon.
    Action,
}
