//! Where the daemon keeps and tells what it did.

use std::path::PathBuf;

use super::{Client, ClientError, CommandClass, DaemonError};
use crate::Seconds;
use crate::protocol::Value;

/// Where the daemon keeps and tells what it did. Each can change at run time, and with each reload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerSettings {
    /// The database; `None` if the daemon keeps none (`dbfile = None`).
    pub dbfile: Option<PathBuf>,
    /// How long it keeps bans.
    pub dbpurgeage: Option<Seconds>,
    /// Where it logs.
    pub logtarget: LogTarget,
    /// How much it logs: failures are told from `INFO` on, bans from `NOTICE` on. Upper case.
    pub loglevel: String,
}

/// Where a daemon logs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LogTarget {
    /// A file.
    File(PathBuf),
    /// The journal.
    Journal,
    /// The system's logger.
    Syslog,
    /// Its standard output or error output, which the service manager may keep (`STDOUT`, `STDERR`, `SYSOUT`).
    Output,
}

impl LogTarget {
    /// Reads the target as the daemon tells it, options (`SYSLOG[facility=auth]`) left out.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let name = text.split_once('[').map_or(text, |(name, _)| name).trim();
        match name.to_ascii_uppercase().as_str() {
            "SYSTEMD-JOURNAL" => Self::Journal,
            "SYSLOG" => Self::Syslog,
            "STDOUT" | "STDERR" | "SYSOUT" => Self::Output,
            _ if name.starts_with('/') && text.ends_with(']') => Self::File(name.into()),
            _ => Self::File(text.into()),
        }
    }
}

impl Client {
    /// Where the daemon keeps and tells what it did, asked over one connection.
    pub async fn server_settings(&self) -> Result<ServerSettings, ClientError> {
        let commands = ["dbfile", "dbpurgeage", "logtarget", "loglevel"]
            .map(|option| vec!["get".into(), option.into()]);
        let mut replies = self
            .request_all(&commands, CommandClass::Read)
            .await?
            .into_iter();
        let mut next = || {
            let reply = replies.next().unwrap_or_else(|| Err(DaemonError::silent()));
            reply.map_err(ClientError::Daemon)
        };
        let (dbfile, purge_age, target, level) = (next()?, next()?, next()?, next()?);
        Ok(ServerSettings {
            dbfile: match &dbfile {
                Value::None => None,
                Value::Str(path) if path == "None" => None,
                Value::Str(path) => Some(path.into()),
                other => return Err(ClientError::unexpected("get dbfile", other)),
            },
            // Without a database there is no age.
            dbpurgeage: match purge_age {
                Value::Int(seconds) => Some(Seconds(seconds)),
                Value::Str(text) => text.trim().parse().ok().map(Seconds),
                _ => None,
            },
            logtarget: match target.as_str() {
                Some(target) => LogTarget::parse(target),
                None => return Err(ClientError::unexpected("get logtarget", &target)),
            },
            loglevel: match level.as_str() {
                Some(level) => level.to_uppercase(),
                None => return Err(ClientError::unexpected("get loglevel", &level)),
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn log_target_in_each_form_is_understood() {
        for (text, expected) in [
            (
                "/var/log/fail2ban.log",
                LogTarget::File("/var/log/fail2ban.log".into()),
            ),
            (
                "/var/log/f[1].log",
                LogTarget::File("/var/log/f[1].log".into()),
            ),
            (
                "/var/log/x.log[padding=off]",
                LogTarget::File("/var/log/x.log".into()),
            ),
            ("SYSLOG", LogTarget::Syslog),
            ("SYSLOG[facility=auth, padding=on]", LogTarget::Syslog),
            ("SYSTEMD-JOURNAL", LogTarget::Journal),
            ("STDOUT", LogTarget::Output),
            ("STDERR", LogTarget::Output),
            ("SYSOUT", LogTarget::Output),
        ] {
            assert_eq!(LogTarget::parse(text), expected, "{text}");
        }
    }
}
