//! What this daemon can do, asked once for each daemon.

use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::net::UnixStream;
use tokio::time::Instant;
use tracing::info;

use super::{Client, ClientError, CommandClass};
use crate::Version;
use crate::protocol::Value;

/// What a daemon can do beyond what all supported ones can.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capabilities {
    /// The daemon's version.
    pub version: Version,
    /// `stats` gives the counters and backends of all jails at once; since 1.1.0, found by asking.
    pub stats: bool,
    /// An entry of an ignore list may be a file; since 1.1.1.
    pub ignore_files: bool,
}

/// Which running daemon a connection leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DaemonInstance {
    /// The process that listens; `None` if it is not visible from here.
    pub process: Option<i32>,
    /// Device, inode and time of change (in nanoseconds) of the socket file, which each start makes anew.
    socket: Option<(u64, u64, i128)>,
}

/// How long capabilities are believed where a restart cannot be seen: behind a socket that systemd
/// listens on, neither the process nor the file changes.
const BLIND_LIFETIME: Duration = Duration::from_secs(10);

impl DaemonInstance {
    /// Looks who is at the other end. One `stat` and one socket option, 2 µs together.
    pub(super) fn of(stream: &UnixStream, path: &Path) -> Self {
        let process = stream
            .peer_cred()
            .ok()
            .and_then(|peer| peer.pid())
            .filter(|pid| *pid > 1);
        let socket = std::fs::metadata(path).ok().map(|file| {
            let changed = i128::from(file.ctime()) * 1_000_000_000 + i128::from(file.ctime_nsec());
            (file.dev(), file.ino(), changed)
        });
        Self { process, socket }
    }
}

/// What is remembered about the daemon.
#[derive(Debug, Default)]
pub(super) struct Known(Mutex<Memory>);

#[derive(Debug, Default)]
struct Memory {
    instance: Option<DaemonInstance>,
    capabilities: Option<(Capabilities, Instant)>,
}

impl Known {
    fn lock(&self) -> MutexGuard<'_, Memory> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Forgets the capabilities if another daemon answers now.
    pub(super) fn note_instance(&self, instance: DaemonInstance) {
        let mut memory = self.lock();
        if memory.instance != Some(instance) {
            if memory.instance.is_some() {
                info!(
                    process = instance.process,
                    "another fail2ban answers on the socket"
                );
            }
            *memory = Memory {
                instance: Some(instance),
                capabilities: None,
            };
        }
    }

    /// Forgets everything if the daemon could not be reached.
    pub(super) fn note_error(&self, error: &ClientError) {
        if error.is_connection_loss() {
            *self.lock() = Memory::default();
        }
    }

    pub(super) fn forget_capabilities(&self) {
        self.lock().capabilities = None;
    }

    fn capabilities(&self, now: Instant) -> Option<Capabilities> {
        let memory = self.lock();
        let (capabilities, since) = memory.capabilities.as_ref()?;
        let blind = memory
            .instance
            .is_none_or(|instance| instance.process.is_none());
        (!blind || now.duration_since(*since) < BLIND_LIFETIME).then(|| capabilities.clone())
    }

    fn remember(&self, instance: DaemonInstance, capabilities: &Capabilities, now: Instant) {
        let mut memory = self.lock();
        if memory.instance == Some(instance) {
            memory.capabilities = Some((capabilities.clone(), now));
        }
    }
}

impl Client {
    /// The daemon that answered last; `None` if none did since the last failure to reach one.
    ///
    /// A change means that the daemon was restarted.
    #[must_use]
    pub fn instance(&self) -> Option<DaemonInstance> {
        self.inner.known.lock().instance
    }

    /// The daemon's version.
    pub async fn version(&self) -> Result<Version, ClientError> {
        Ok(self.capabilities().await?.version)
    }

    /// What the daemon can do.
    ///
    /// Asked once, and again after the daemon was restarted or could not be reached. What is remembered
    /// is from the last command: to see a restart that nobody spoke to since, send any command first.
    pub async fn capabilities(&self) -> Result<Capabilities, ClientError> {
        match self.inner.known.capabilities(Instant::now()) {
            Some(known) => Ok(known),
            None => self.probe().await,
        }
    }

    async fn probe(&self) -> Result<Capabilities, ClientError> {
        let commands: [Vec<Value>; 2] = [vec!["version".into()], vec!["stats".into()]];
        let mut connection = self.connect(CommandClass::Read, commands.first()).await?;
        let instance = connection.instance;
        let [version, stats] = <[_; 2]>::try_from(connection.exchange(&commands).await?)
            .map_err(|_| ClientError::unexpected("version", &Value::None))?;
        let version = version?;
        let Some(text) = version.as_str() else {
            return Err(ClientError::unexpected("version", &version));
        };
        let version = Version::parse(text);
        let stats = match stats {
            Ok(answer) => answer.as_pairs().is_some(),
            Err(error) if error.is_unknown_command() => false,
            Err(error) => return Err(error.into()),
        };
        let ignore_files = version.at_least(1, 1, 1);
        let capabilities = Capabilities {
            version,
            stats,
            ignore_files,
        };
        self.inner
            .known
            .remember(instance, &capabilities, Instant::now());
        Ok(capabilities)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn instance(process: Option<i32>, changed: i128) -> DaemonInstance {
        DaemonInstance {
            process,
            socket: Some((1, 2, changed)),
        }
    }

    fn known_of(instance: DaemonInstance, now: Instant) -> Known {
        let known = Known::default();
        known.note_instance(instance);
        let version = Version::parse("1.1.0");
        known.remember(
            instance,
            &Capabilities {
                version,
                stats: true,
                ignore_files: false,
            },
            now,
        );
        known
    }

    #[test]
    fn capabilities_are_forgotten_when_the_process_or_the_socket_changes() {
        let now = Instant::now();
        for other in [
            instance(Some(8), 3),
            instance(Some(7), 4),
            instance(None, 3),
        ] {
            let known = known_of(instance(Some(7), 3), now);
            known.note_instance(instance(Some(7), 3));
            assert!(known.capabilities(now).is_some());
            known.note_instance(other);
            assert!(known.capabilities(now).is_none());
        }
    }

    #[test]
    fn capabilities_are_forgotten_when_the_daemon_is_not_reached_and_kept_when_it_refuses() {
        let now = Instant::now();
        let known = known_of(instance(Some(7), 3), now);
        known.note_error(&ClientError::Daemon(super::super::DaemonError::silent()));
        assert!(known.capabilities(now).is_some());
        known.note_error(&ClientError::Refused { path: "/x".into() });
        assert!(known.capabilities(now).is_none());
    }

    #[test]
    fn capabilities_behind_a_socket_of_systemd_are_believed_for_ten_seconds() {
        let now = Instant::now();
        let known = known_of(instance(None, 3), now);
        assert!(known.capabilities(now + Duration::from_secs(9)).is_some());
        assert!(known.capabilities(now + Duration::from_secs(11)).is_none());
        let seen = known_of(instance(Some(7), 3), now);
        assert!(seen.capabilities(now + Duration::from_hours(1)).is_some());
    }
}
