//! Trying a jail's configuration on a jail that does nothing, before a reload bets all jails on it.

use std::sync::atomic::Ordering;

use super::connection::Connection;
use super::error::summary;
use super::{Client, ClientError, CommandClass, DaemonError};
use crate::protocol::Value;

/// How the names of scratch jails begin. They are left out wherever this crate lists jails.
pub const SCRATCH_JAIL_PREFIX: &str = "__bangui_check_";

/// A command that the daemon would not accept.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckFailure {
    /// The command without its value, such as `set sshd addfailregex`.
    pub command: String,
    /// The option, such as `addfailregex`.
    pub option: String,
    /// The value that was refused.
    pub value: String,
    /// What the daemon said.
    pub error: DaemonError,
}

/// Options whose values the daemon checks when they are set and that touch nothing outside the jail.
/// In this order: a failregex without an address is legal only where a prefregex brings it.
const CHECKED: &[&str] = &[
    "usedns",
    "prefregex",
    "maxlines",
    "addfailregex",
    "addignoreregex",
    "datepattern",
    "logencoding",
    "logtimezone",
    "bantime",
    "findtime",
    "maxretry",
    "maxmatches",
    "ignorecache",
    "ignoreself",
];

/// Backends that every build knows by name, whether or not it can use them.
const KNOWN_BACKENDS: &[&str] = &["auto", "polling", "pyinotify", "systemd", "gamin"];

impl Client {
    /// Tries one jail's commands (its part of a reload stream) on a scratch jail and gives those that the
    /// daemon refuses; none means that all regexes compile and all times and numbers are read.
    ///
    /// A reload would stop at the first such command and then drop all jails. Log files, journal matches
    /// and actions are not tried: they would touch the machine. Times and formulas are evaluated by the
    /// daemon as root, here as in a reload: their grammar is for the caller to check.
    ///
    /// The scratch jail is never started. It is taken down even when the caller stops waiting; it leaves
    /// one disabled row in the daemon's database and lines in its log.
    pub async fn check_jail_commands(
        &self,
        commands: &[Vec<Value>],
    ) -> Result<Vec<CheckFailure>, ClientError> {
        let trials = trials(commands);
        if trials.is_empty() {
            return Ok(Vec::new());
        }
        let client = self.clone();
        let work = self
            .inner
            .tasks
            .spawn(async move { client.run_trials(trials).await });
        match work.await {
            Ok(result) => result,
            Err(error) => Err(ClientError::Io(std::io::Error::other(error))),
        }
    }

    async fn run_trials(&self, trials: Vec<Trial>) -> Result<Vec<CheckFailure>, ClientError> {
        let number = self.inner.scratch_jails.fetch_add(1, Ordering::Relaxed);
        let name = format!("{SCRATCH_JAIL_PREFIX}{:x}_{number}", std::process::id());
        let add = vec!["add".into(), name.as_str().into(), "polling".into()];
        let mut connection = self.connect(CommandClass::Action, Some(&add)).await?;
        connection.exchange(&[add]).await?.pop().transpose()?;
        let tried = try_all(&mut connection, &name, &trials).await;
        let mut stop = vec![vec!["stop".into(), name.as_str().into()]];
        if trials.iter().any(|trial| trial.option == "add") {
            stop.push(vec!["stop".into(), second(&name).into()]);
        }
        // Where the trial broke the connection, the jail is taken down over another.
        let stopped = if tried.is_ok() {
            connection.exchange(&stop).await
        } else {
            drop(connection);
            self.request_all(&stop, CommandClass::Action).await
        };
        if let Err(error) = stopped {
            tracing::warn!(jail.name = name, %error, "a scratch jail was left behind until the next reload");
        }
        tried
    }
}

async fn try_all(
    connection: &mut Connection<'_>,
    name: &str,
    trials: &[Trial],
) -> Result<Vec<CheckFailure>, ClientError> {
    let commands: Vec<Vec<Value>> = trials.iter().map(|trial| trial.on(name)).collect();
    let replies = connection.exchange(&commands).await?;
    let failures = trials.iter().zip(replies).filter_map(|(trial, reply)| {
        reply.err().map(|error| CheckFailure {
            command: trial.summary.clone(),
            option: trial.option.clone(),
            value: trial.value.to_string(),
            error,
        })
    });
    Ok(failures.collect())
}

/// One value to try.
#[derive(Debug, PartialEq)]
struct Trial {
    summary: String,
    option: String,
    value: Value,
}

impl Trial {
    fn on(&self, name: &str) -> Vec<Value> {
        if self.option == "add" {
            return vec!["add".into(), second(name).into(), self.value.clone()];
        }
        vec![
            "set".into(),
            name.into(),
            self.option.as_str().into(),
            self.value.clone(),
        ]
    }
}

/// The jail on which an unusual backend is tried.
fn second(name: &str) -> String {
    format!("{name}b")
}

/// The values to try, in the order in which they must be set.
fn trials(commands: &[Vec<Value>]) -> Vec<Trial> {
    let mut trials: Vec<(usize, Trial)> = Vec::new();
    for command in commands {
        let words = (
            command.first().and_then(Value::as_str),
            command.get(2).and_then(Value::as_str),
            command.get(3),
        );
        match words {
            (Some("add"), Some(backend), _) if !is_known_backend(backend) => {
                trials.push((0, trial(command, "add", backend.into())));
            }
            (Some("set" | "multi-set"), Some(option), Some(value)) => {
                let Some(rank) = rank(option) else { continue };
                // Several regexes of one command are tried one by one, so that the bad one is named.
                let values = match value {
                    Value::List(values) => values.clone(),
                    single => vec![single.clone()],
                };
                trials.extend(
                    values
                        .into_iter()
                        .map(|value| (rank, trial(command, option, value))),
                );
            }
            _ => {}
        }
    }
    trials.sort_by_key(|(rank, _)| *rank);
    trials.into_iter().map(|(_, trial)| trial).collect()
}

fn trial(command: &[Value], option: &str, value: Value) -> Trial {
    Trial {
        summary: summary(command),
        option: option.to_owned(),
        value,
    }
}

fn rank(option: &str) -> Option<usize> {
    let known = CHECKED
        .iter()
        .position(|known| *known == option)
        .map(|at| at + 1);
    known.or_else(|| option.starts_with("bantime.").then_some(CHECKED.len() + 1))
}

fn is_known_backend(backend: &str) -> bool {
    let name = backend.split('[').next().unwrap_or(backend).trim();
    KNOWN_BACKENDS.contains(&name)
}
