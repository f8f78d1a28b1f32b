//! What can go wrong, by what a caller can do about it.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::protocol::{EncodeError, Object, ProtocolError, Value};

/// Why a command has no result.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClientError {
    /// There is no socket: the daemon does not run, or uses another path.
    #[error("no socket at {}: start fail2ban, or correct the path of its socket", path.display())]
    SocketMissing {
        /// The path that was tried.
        path: PathBuf,
    },
    /// The socket may not be opened.
    #[error("no permission to open {}: {remedy}", path.display())]
    NoPermission {
        /// The path that was tried.
        path: PathBuf,
        /// What the administrator can do.
        remedy: String,
    },
    /// The socket is there and nobody listens.
    #[error("nobody listens at {}: fail2ban died and left its socket behind; start it again", path.display())]
    Refused {
        /// The path that was tried.
        path: PathBuf,
    },
    /// No answer in time; a change may still be carried out.
    #[error("no answer to `{command}` within {} s: fail2ban is busy or hangs; try again later", after.as_secs_f64())]
    TimedOut {
        /// The time limit.
        after: Duration,
        /// The command, without its arguments.
        command: String,
    },
    /// The connection ended before the answer; a change may have been carried out.
    #[error(
        "fail2ban closed the connection before it answered `{command}`: it stops or restarts; try again"
    )]
    Disconnected {
        /// The command, without its arguments.
        command: String,
    },
    /// The daemon refused the command.
    #[error("fail2ban says: {0}")]
    Daemon(#[from] DaemonError),
    /// The daemon sent something that is not a reply; it may be something else than fail2ban.
    #[error("{0}; check that the socket is fail2ban's")]
    Protocol(#[from] ProtocolError),
    /// The command was not sent because of one of its arguments.
    #[error("{argument} cannot be sent: {reason}")]
    BadArgument {
        /// Which argument.
        argument: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// The daemon's version does not have this.
    #[error("fail2ban {version} does not know {feature}; it needs {since}")]
    NotSupported {
        /// What was asked for.
        feature: &'static str,
        /// The version that has it.
        since: &'static str,
        /// The daemon's version.
        version: String,
    },
    /// The reload was not sent because jails that run now would be stopped by it.
    #[error("the reload would stop {}: their configuration does not start them", jails.join(", "))]
    WouldDropJails {
        /// Names of the jails.
        jails: Vec<String>,
    },
    /// The operating system refused something else.
    #[error("talking to fail2ban failed: {0}")]
    Io(io::Error),
}

impl ClientError {
    /// Names what opening the socket failed with.
    pub(super) fn from_connect(error: io::Error, path: &Path) -> Self {
        let path = path.to_owned();
        match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Self::SocketMissing { path },
            io::ErrorKind::PermissionDenied => {
                let remedy = "run this program as root, or let fail2ban's socket belong to its group \
                              (since fail2ban 1.1.1: SocketMode and SocketGroup of fail2ban.socket)";
                Self::NoPermission {
                    path,
                    remedy: remedy.to_owned(),
                }
            }
            io::ErrorKind::ConnectionRefused => Self::Refused { path },
            _ => Self::Io(error),
        }
    }

    /// Names what reading or writing failed with.
    pub(super) fn from_exchange(error: io::Error, command: &str) -> Self {
        match error.kind() {
            io::ErrorKind::UnexpectedEof
            | io::ErrorKind::BrokenPipe
            | io::ErrorKind::ConnectionReset => Self::Disconnected {
                command: command.to_owned(),
            },
            _ => Self::Io(error),
        }
    }

    pub(super) fn unexpected(command: &str, got: &Value) -> Self {
        let got: String = got.to_string().chars().take(200).collect();
        Self::Protocol(ProtocolError::Unexpected {
            command: command.to_owned(),
            got,
        })
    }

    /// Whether the daemon was not reached or went away: what is known about it may be out of date.
    #[must_use]
    pub fn is_connection_loss(&self) -> bool {
        matches!(
            self,
            Self::SocketMissing { .. }
                | Self::NoPermission { .. }
                | Self::Refused { .. }
                | Self::Disconnected { .. }
                | Self::Io(_)
        )
    }
}

impl From<EncodeError> for ClientError {
    fn from(error: EncodeError) -> Self {
        Self::BadArgument {
            argument: "the command",
            reason: error.to_string(),
        }
    }
}

/// An exception that the daemon answered with.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{text} ({class})")]
pub struct DaemonError {
    /// Dotted name of the exception's class; `ERROR` if the daemon could not even read the command or
    /// write its answer.
    pub class: String,
    /// The exception's text, as Python prints it.
    pub text: String,
    /// What the exception was made with.
    pub args: Vec<Value>,
    /// The state that it carried besides, such as the code of a database error.
    pub state: Option<Value>,
}

impl DaemonError {
    /// Whether the jail does not exist.
    #[must_use]
    pub fn is_unknown_jail(&self) -> bool {
        self.class == "fail2ban.exceptions.UnknownJailException"
    }

    /// Whether the daemon's database was locked by a reader; trying again later helps.
    #[must_use]
    pub fn is_database_locked(&self) -> bool {
        self.class == "sqlite3.OperationalError" && self.text.contains("locked")
    }

    /// Whether this version does not have the command.
    #[must_use]
    pub fn is_unknown_command(&self) -> bool {
        self.class.ends_with(".Exception") && self.text.starts_with("Invalid command")
    }

    pub(super) fn from_exception(exception: Value) -> Self {
        match exception {
            Value::Object(object) => {
                let Object { class, args, state } = *object;
                Self {
                    text: exception_text(&class, &args),
                    class,
                    args,
                    state,
                }
            }
            other => Self {
                class: "ERROR".into(),
                text: other.to_string(),
                args: vec![other],
                state: None,
            },
        }
    }

    pub(super) fn from_text(text: &str) -> Self {
        let text = text.strip_prefix("ERROR: ").unwrap_or(text).to_owned();
        Self {
            class: "ERROR".into(),
            text,
            args: Vec::new(),
            state: None,
        }
    }

    pub(super) fn shutting_down() -> Self {
        Self::from_text("the daemon is stopping")
    }

    pub(super) fn silent() -> Self {
        Self::from_text("no answer")
    }
}

/// What Python's `str` gives for an exception of the kinds that the daemon raises.
fn exception_text(class: &str, args: &[Value]) -> String {
    match args {
        [] => class.rsplit('.').next().unwrap_or(class).to_owned(),
        [jail] if class == "fail2ban.exceptions.UnknownJailException" => {
            format!("there is no jail {jail}")
        }
        [jail] if class == "fail2ban.exceptions.DuplicateJailException" => {
            format!("there is a jail {jail} already")
        }
        [only] => only.to_string(),
        // Errors of the operating system: number, text and perhaps a path.
        [Value::Int(number), Value::Str(text)] => format!("[Errno {number}] {text}"),
        [Value::Int(number), Value::Str(text), path] => format!("[Errno {number}] {text}: {path}"),
        // Errors of syntax: text and where it is.
        [Value::Str(text), Value::Tuple(_)] => text.clone(),
        more => Value::Tuple(more.to_vec()).to_string(),
    }
}

/// A command for logs and messages: its words up to the option, never its values, which may be secret.
pub(super) fn summary(command: &[Value]) -> String {
    let words = match command.first().and_then(Value::as_str) {
        Some("set" | "get" | "multi-set") => 3,
        Some("status" | "start" | "stop" | "add" | "reload") => 2,
        _ => 1,
    };
    let words: Vec<&str> = command
        .iter()
        .take(words)
        .filter_map(Value::as_str)
        .collect();
    words
        .join(" ")
        .chars()
        .filter(|c| !c.is_control())
        .take(120)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(class: &str, args: Vec<Value>) -> Value {
        Value::Object(Box::new(Object {
            class: class.into(),
            args,
            state: None,
        }))
    }

    #[test]
    fn connect_error_of_each_kind_says_what_to_do() {
        let path = Path::new("/run/x.sock");
        for (kind, says) in [
            (io::ErrorKind::NotFound, "start fail2ban"),
            (io::ErrorKind::PermissionDenied, "run this program as root"),
            (io::ErrorKind::ConnectionRefused, "start it again"),
            (io::ErrorKind::OutOfMemory, "talking to fail2ban failed"),
        ] {
            let error = ClientError::from_connect(kind.into(), path);
            assert!(error.to_string().contains(says), "{error}");
            assert!(error.is_connection_loss());
        }
    }

    #[test]
    fn daemon_error_keeps_class_text_and_state() {
        let state = Value::Dict(vec![("sqlite_errorcode".into(), Value::Int(5))]);
        let locked = Value::Object(Box::new(Object {
            class: "sqlite3.OperationalError".into(),
            args: vec!["database is locked".into()],
            state: Some(state.clone()),
        }));
        let error = DaemonError::from_exception(locked);
        assert!(error.is_database_locked());
        assert_eq!(error.state, Some(state));
        let missing = object(
            "builtins.FileNotFoundError",
            vec![
                Value::Int(2),
                "No such file or directory".into(),
                "/x.log".into(),
            ],
        );
        assert_eq!(
            DaemonError::from_exception(missing).to_string(),
            "[Errno 2] No such file or directory: /x.log (builtins.FileNotFoundError)"
        );
        let old = object("exceptions.Exception", vec!["Invalid command".into()]);
        assert!(DaemonError::from_exception(old).is_unknown_command());
    }

    #[test]
    fn summary_of_a_command_leaves_its_values_out() {
        let command = ["set", "sshd", "action", "hook", "token", "s3cret"].map(Value::from);
        assert_eq!(summary(&command), "set sshd action");
        assert_eq!(summary(&["banned".into(), "192.0.2.1".into()]), "banned");
    }
}
