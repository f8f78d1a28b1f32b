//! The daemon as a unit of systemd.
use std::{
    io::ErrorKind,
    os::unix::net::UnixStream,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use domain::ConfigError;
use tokio::process::Command;

use crate::mirror::on_disk;

/// The unit of the packages.
const UNIT: &str = "fail2ban.service";

/// The folder that is there where systemd runs the machine.
const SYSTEMD: &str = "/run/systemd/system";

/// The configuration that the unit's daemon reads.
const UNIT_CONFIG: &str = "/etc/fail2ban";

/// A question to the service manager.
const ASK_LIMIT: Duration = Duration::from_secs(10);

/// A unit that runs the daemon.
pub(super) struct Unit;

impl Unit {
    /// The unit, where systemd runs the machine and the unit's process is the one behind the socket, or would be: another daemon, such as
    /// one in a private folder, is never restarted in its place.
    pub(super) async fn of(socket: &Path, config_dir: &Path) -> Option<Self> {
        let is_there = on_disk(|| Path::new(SYSTEMD).is_dir()).await;
        if !is_there {
            return None;
        }
        let shown = systemctl(&["show", "--property=LoadState,MainPID", UNIT], ASK_LIMIT)
            .await
            .ok()?;
        let says = |line: &str| shown.lines().any(|said| said == line);
        if !says("LoadState=loaded") {
            return None;
        }
        let socket = socket.to_owned();
        let ours = match on_disk(move || listener(&socket)).await {
            Some(process) => says(&format!("MainPID={process}")),
            None => says("MainPID=0") && config_dir == Path::new(UNIT_CONFIG),
        };
        ours.then_some(Self)
    }

    pub(super) async fn restart(&self, limit: Duration) -> Result<(), ConfigError> {
        // It stops the daemon and starts it, each within the limit.
        let twice = limit.saturating_mul(2);
        let done = systemctl(&["restart", UNIT], twice).await;
        done.map(drop)
            .map_err(|why| ConfigError::Restart(format!("systemctl restart {UNIT}: {why}")))
    }
}

/// The process behind a socket. Blocks.
fn listener(socket: &PathBuf) -> Option<i32> {
    let stream = UnixStream::connect(socket);
    let stream = stream
        .inspect_err(|error| {
            if error.kind() != ErrorKind::NotFound {
                tracing::debug!(%error, "nobody is behind the socket");
            }
        })
        .ok()?;
    let peer = rustix::net::sockopt::socket_peercred(&stream).ok()?;
    Some(peer.pid.as_raw_nonzero().get())
}

async fn systemctl(args: &[&str], limit: Duration) -> Result<String, String> {
    let mut command = Command::new("systemctl");
    command
        .arg("--no-pager")
        .args(args)
        .env("LC_ALL", "C.UTF-8")
        .stdin(Stdio::null())
        .kill_on_drop(true);
    let run = tokio::time::timeout(limit, command.output()).await;
    let run = run.map_err(|_| format!("it did not end within {} s", limit.as_secs()))?;
    let run = run.map_err(|error| error.to_string())?;
    if run.status.success() {
        Ok(String::from_utf8_lossy(&run.stdout).into_owned())
    } else {
        Err(String::from_utf8_lossy(&run.stderr).trim().to_owned())
    }
}
