//! Sockets: which there may be, trying one, and why one does not answer.
use std::{
    fs, io,
    os::unix::fs::{FileTypeExt, MetadataExt},
    path::{Path, PathBuf},
};

use domain::{
    Clock, ConnectionCandidate, ConnectionTest, DaemonState, DownReason, HostError, Timestamp,
};
use fail2ban::{Client, ClientConfig, ClientError};

use crate::Timeouts;

/// `sizeof(sockaddr_un.sun_path)` is 108 on Linux, the last byte is the terminator.
const MAX_PATH_BYTES: usize = 107;

/// Where packages put the socket.
const USUAL: [&str; 2] = [
    "/run/fail2ban/fail2ban.sock",
    "/var/run/fail2ban/fail2ban.sock",
];

/// Why a daemon does not answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Down {
    pub(crate) reason: DownReason,
    pub(crate) detail: String,
    pub(crate) remedy: String,
}

impl Down {
    /// The same as a state.
    pub(crate) fn since(self, since: Timestamp) -> DaemonState {
        DaemonState::Down {
            reason: self.reason,
            detail: self.detail,
            remedy: self.remedy,
            since,
        }
    }
}

impl From<Down> for HostError {
    fn from(down: Down) -> Self {
        Self::Unavailable {
            reason: down.reason,
            detail: down.detail,
            remedy: down.remedy,
        }
    }
}

impl From<&ClientError> for Down {
    fn from(error: &ClientError) -> Self {
        let (reason, detail, remedy) = match error {
            ClientError::SocketMissing { path } => (
                DownReason::SocketMissing,
                format!("there is no socket at {}", path.display()),
                "Start fail2ban (systemctl start fail2ban). If it listens elsewhere, choose its socket.".to_owned(),
            ),
            ClientError::NoPermission { path, .. } => (
                DownReason::NoPermission,
                format!("BanGUI may not open the socket {}", path.display()),
                permission_remedy(path),
            ),
            ClientError::Refused { path } => (
                DownReason::Refused,
                format!("nobody listens at {}: fail2ban ended and left its socket behind", path.display()),
                "Start fail2ban again (systemctl restart fail2ban).".to_owned(),
            ),
            ClientError::TimedOut { after, .. } => (
                DownReason::NotAnswering,
                format!("fail2ban listens and did not answer within {} s", after.as_secs_f64()),
                "Wait: it may be busy with many bans. If this stays, restart it (systemctl restart fail2ban).".to_owned(),
            ),
            ClientError::Disconnected { .. } => (
                DownReason::NotAnswering,
                "fail2ban closed the connection before it answered".to_owned(),
                "Wait: it is stopping or starting. If this stays, look into its log.".to_owned(),
            ),
            ClientError::Protocol(_) => (
                DownReason::Protocol,
                error.to_string(),
                "Check that the socket is fail2ban's.".to_owned(),
            ),
            other => (
                DownReason::NotAnswering,
                other.to_string(),
                "Look into fail2ban's log.".to_owned(),
            ),
        };
        Self {
            reason,
            detail,
            remedy,
        }
    }
}

/// Who BanGUI is, whose the socket is, and what follows.
fn permission_remedy(socket: &Path) -> String {
    let me = rustix::process::geteuid().as_raw();
    let users = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let groups = fs::read_to_string("/etc/group").unwrap_or_default();
    // A closed folder hides the socket: then the folder is what forbids.
    let owned = socket
        .ancestors()
        .find_map(|path| Some((path, fs::symlink_metadata(path).ok()?)));
    let whose = owned.map_or_else(String::new, |(path, owner)| {
        format!(
            "; {} belongs to user {} and group {} with mode {:03o}",
            path.display(),
            name_of(&users, owner.uid()),
            name_of(&groups, owner.gid()),
            owner.mode() & 0o777
        )
    });
    format!(
        "BanGUI runs as user {}{whose}. Run BanGUI as root, or (from fail2ban 1.1.1 on) give the socket to a group of that user with SocketMode and SocketGroup of fail2ban.socket.",
        name_of(&users, me)
    )
}

/// The name of a number in `/etc/passwd` or `/etc/group`, and the number where it has none.
fn name_of(table: &str, id: u32) -> String {
    let number = id.to_string();
    table
        .lines()
        .find_map(|line| {
            let mut fields = line.split(':');
            let name = fields.next()?;
            (fields.nth(1)? == number).then(|| name.to_owned())
        })
        .unwrap_or(number)
}

/// A client with the agent's limits.
pub(crate) fn client(socket: &Path, timeouts: &Timeouts) -> Client {
    Client::new(ClientConfig {
        read_timeout: timeouts.read,
        action_timeout: timeouts.action,
        ..ClientConfig::new(socket)
    })
}

/// The path of a socket that a person gave, as far as its text goes.
pub(crate) fn socket_path(socket: &str) -> Result<PathBuf, HostError> {
    let bad = |why: &str| Err(HostError::BadSocket(why.to_owned()));
    if !socket.starts_with('/') {
        return bad("the path of the socket must begin with /");
    }
    if socket.len() > MAX_PATH_BYTES {
        return bad("the path of the socket may have at most 107 bytes");
    }
    if socket.chars().any(char::is_control) {
        return bad("the path of the socket may not contain control characters");
    }
    Ok(PathBuf::from(socket))
}

/// The path of a socket that can be used, also one that is not there: fail2ban may be down when its socket is chosen.
pub(crate) fn usable_socket(socket: &str) -> Result<PathBuf, HostError> {
    let path = socket_path(socket)?;
    match fs::metadata(&path) {
        Ok(file) if file.file_type().is_socket() => Ok(path),
        Ok(_) => Err(HostError::BadSocket(format!("{socket} is not a socket"))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(path),
        Err(error) => Err(HostError::BadSocket(format!(
            "{socket} cannot be used: {error}"
        ))),
    }
}

/// The socket in use and the usual ones, each file once, those that exist first.
pub(crate) fn candidates(in_use: &Path) -> Vec<ConnectionCandidate> {
    let mut files: Vec<PathBuf> = Vec::new();
    let mut found: Vec<(bool, ConnectionCandidate)> = Vec::new();
    for path in std::iter::once(in_use).chain(USUAL.iter().map(Path::new)) {
        // The socket itself may be gone while fail2ban is down; its folder tells that two paths are one.
        let file = match (path.parent().map(fs::canonicalize), path.file_name()) {
            (Some(Ok(folder)), Some(name)) => folder.join(name),
            _ => path.to_owned(),
        };
        if files.contains(&file) {
            continue;
        }
        files.push(file);
        found.push((
            path.exists(),
            ConnectionCandidate {
                socket: path.display().to_string(),
                in_use: path == in_use,
            },
        ));
    }
    found.sort_by_key(|(exists, _)| !exists);
    found.into_iter().map(|(_, candidate)| candidate).collect()
}

/// Tries a socket with a client of its own.
pub(crate) async fn test(
    socket: &str,
    timeouts: &Timeouts,
    clock: &dyn Clock,
) -> Result<ConnectionTest, HostError> {
    let path = socket_path(socket)?;
    let client = Client::new(ClientConfig {
        read_timeout: timeouts.trial,
        ..ClientConfig::new(path)
    });
    let (daemon, jails) = match ask(&client).await {
        Ok((version, jails)) => (DaemonState::Up { version }, jails),
        Err(error) => (Down::from(&error).since(clock.now()), Vec::new()),
    };
    Ok(ConnectionTest {
        socket: socket.to_owned(),
        daemon,
        jails,
    })
}

async fn ask(client: &Client) -> Result<(String, Vec<String>), ClientError> {
    client.ping().await?;
    Ok((client.version().await?.text, client.jails().await?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn socket_path_that_cannot_be_one_is_refused() {
        for bad in ["", "run/x.sock", "/x\ny", &format!("/{}", "x".repeat(107))] {
            assert!(
                matches!(socket_path(bad), Err(HostError::BadSocket(_))),
                "{bad}"
            );
        }
        assert!(socket_path("/run/fail2ban/fail2ban.sock").is_ok());
    }

    #[test]
    fn file_that_is_no_socket_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("plain");
        fs::write(&file, "").unwrap();
        assert!(usable_socket(file.to_str().unwrap()).is_err());
        let missing = folder.path().join("missing");
        assert!(usable_socket(missing.to_str().unwrap()).is_ok());
    }

    #[test]
    fn candidates_have_each_file_once_and_those_that_exist_first() {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("s");
        let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
        let found = candidates(&socket);
        assert_eq!(found[0].socket, socket.display().to_string());
        assert!(found[0].in_use);
        let usual = candidates(Path::new(USUAL[0]));
        let runs_are_one = fs::canonicalize("/var/run").ok() == fs::canonicalize("/run").ok();
        assert_eq!(usual.len(), if runs_are_one { 1 } else { 2 });
    }

    #[test]
    fn remedy_without_permission_names_user_owner_and_mode() {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("s");
        let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
        let down = Down::from(&ClientError::NoPermission {
            path: socket,
            remedy: String::new(),
        });
        assert_eq!(down.reason, DownReason::NoPermission);
        let me = name_of(
            &fs::read_to_string("/etc/passwd").unwrap(),
            rustix::process::geteuid().as_raw(),
        );
        assert!(down.remedy.contains(&format!("BanGUI runs as user {me}; ")));
        assert!(
            down.remedy
                .contains(&format!("belongs to user {me} and group"))
        );
    }

    #[test]
    fn name_of_a_number_without_a_name_is_the_number() {
        let table = "root:x:0:0:root:/root:/bin/sh\nbangui:x:123:124::/:/bin/false\n";
        assert_eq!(name_of(table, 123), "bangui");
        assert_eq!(name_of(table, 124), "124");
    }
}
