//! What is checked before a reload: a command that the daemon refuses within one costs every jail.
use std::sync::atomic::{AtomicU64, Ordering};

use domain::{HostError, ReloadProblem};
use fail2ban::{Client, ClientError, CommandClass, SCRATCH_JAIL_PREFIX, Value};

use super::plan::{Command, JailPlan, Plan, text};
use crate::convert;

/// What is said of a jail that has nothing to read.
pub(crate) const NO_LOG_FILE: &str = "no log file was found for it";

/// The longest value that is quoted in a problem.
const MAX_QUOTED_CHARS: usize = 200;

/// What speaks against loading these jails.
///
/// # Errors
/// Only when the daemon cannot be asked.
pub(super) async fn jails<'a>(
    client: &Client,
    jails: impl Iterator<Item = &'a JailPlan>,
) -> Result<Vec<ReloadProblem>, HostError> {
    let mut problems = Vec::new();
    for jail in jails {
        problems.extend(of_jail(client, jail).await?);
    }
    Ok(problems)
}

/// What speaks against loading this jail.
async fn of_jail(client: &Client, jail: &JailPlan) -> Result<Vec<ReloadProblem>, HostError> {
    let problem = |detail| ReloadProblem {
        jail: Some(jail.name.clone()),
        detail,
    };
    let mut problems: Vec<ReloadProblem> = sources(jail).await.into_iter().map(problem).collect();
    let refused = client
        .check_jail_commands(&jail.commands)
        .await
        .map_err(|error| convert::error(&error))?;
    problems.extend(refused.into_iter().map(|failure| {
        let value: String = failure.value.chars().take(MAX_QUOTED_CHARS).collect();
        problem(format!(
            "{} {value}: {}",
            failure.option, failure.error.text
        ))
    }));
    // What is already known to be refused would only be refused again, in other words.
    if problems.is_empty() {
        let refused = rehearse(client, jail).await;
        let refused = refused.map_err(|error| convert::error(&error))?;
        problems.extend(refused.into_iter().map(problem));
    }
    Ok(problems)
}

/// Whether the jail has something to read, and the daemon could open it.
async fn sources(jail: &JailPlan) -> Vec<String> {
    let mut problems = Vec::new();
    for log in jail.logs() {
        match tokio::fs::metadata(log).await {
            Ok(file) if file.is_dir() => problems.push(format!("the log file {log} is a folder")),
            Ok(_) => {}
            Err(error) => problems.push(format!("the log file {log} cannot be read: {error}")),
        }
    }
    // The journal needs no file; which service it follows stands in the filter.
    if jail.logs().next().is_none() && !jail.backend().starts_with("systemd") {
        problems.push(NO_LOG_FILE.to_owned());
    }
    problems
}

/// Gives a jail that never starts all commands but those that open log files. Its backend is loaded and its actions are made, and none
/// of their commands runs; so this finds a backend that is not installed, a script that cannot be loaded, an odd entry of the ignore list.
async fn rehearse(client: &Client, jail: &JailPlan) -> Result<Vec<String>, ClientError> {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let scratch: Value = format!(
        "{SCRATCH_JAIL_PREFIX}r{:x}_{}",
        std::process::id(),
        NUMBER.fetch_add(1, Ordering::Relaxed)
    )
    .into();
    let mut trials: Vec<Command> = jail
        .commands
        .iter()
        .filter(|command| text(command, 2) != "addlogpath")
        .cloned()
        .collect();
    for command in &mut trials {
        if let Some(name) = command.get_mut(1) {
            *name = scratch.clone();
        }
    }
    let mut replies = client.request_all(&trials, CommandClass::Action).await?;
    let added = replies.first().is_some_and(Result::is_ok);
    if added {
        let stop = ["stop".into(), scratch];
        client.request(&stop, CommandClass::Action).await?;
    } else {
        // The others only say that the jail is not there.
        replies.truncate(1);
    }
    Ok(trials
        .iter()
        .zip(replies)
        .filter_map(|(command, reply)| {
            let error = reply.err()?;
            Some(format!("{}: {}", summary(command), error.text))
        })
        .collect())
}

/// A command without the jail's name and without long values.
fn summary(command: &Command) -> String {
    match text(command, 0) {
        "add" => format!("backend {}", text(command, 2)),
        _ => format!("{} {}", text(command, 2), text(command, 3))
            .chars()
            .take(MAX_QUOTED_CHARS)
            .collect(),
    }
}

/// Running jails that the configuration does not load.
pub(super) fn missing(plan: &Plan, running: &[String]) -> Vec<ReloadProblem> {
    running
        .iter()
        .filter(|name| plan.jail(name).is_none() && plan.broken(name).is_none())
        .filter(|name| !name.starts_with(SCRATCH_JAIL_PREFIX))
        .map(|name| ReloadProblem {
            jail: Some(name.clone()),
            detail: "it runs, and the configuration does not enable it: a reload would end it"
                .to_owned(),
        })
        .collect()
}
