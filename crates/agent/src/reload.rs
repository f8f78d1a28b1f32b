//! Starting, stopping, restarting and reloading jails, so that none is lost.
//!
//! To the daemon a reload is a stream of commands. The first that it refuses ends the stream, and every jail that was not confirmed by then is
//! deleted with its bans. So a stream is only sent after everything in it was tried.
mod plan;
mod preflight;
mod program;
mod takeover;

use std::collections::BTreeSet;

use domain::{HostError, JailName, JailState, ReloadProblem, ReloadReport};
use fail2ban::{Client, ClientError, CommandClass};
pub(crate) use plan::{JailPlan, Plan, text};
pub(crate) use preflight::NO_LOG_FILE;
pub(crate) use program::Reading;
pub(crate) use takeover::{Touched, bring_back, counters, lost, running, take_over, verify};

use crate::{convert, core::Core, link::Link, mirror::Change};

/// Reads which jails the configuration enables; what was read before stays when that fails.
pub(crate) async fn read_enabled(core: &Core) {
    match program::configured(core, &core.link()).await {
        Ok(stream) => core.keep_enabled(Plan::new(stream).enabled()),
        Err(error) => tracing::warn!(%error, "which jails are enabled could not be read"),
    }
}

/// The log files that the configured jails read.
pub(crate) async fn configured_logs(core: &Core) -> Result<Vec<String>, HostError> {
    let plan = plan(core, &core.link()).await?;
    let logs = plan.jails.iter().flat_map(JailPlan::logs);
    Ok(logs.map(str::to_owned).collect())
}

/// What fail2ban's own client makes of a folder.
pub(crate) async fn reading(
    core: &Core,
    link: &Link,
    dir: &std::path::Path,
) -> Result<Reading, HostError> {
    program::reading(core, link, dir).await
}

/// What speaks against loading some jails of a plan: each is tried with a jail that never starts.
pub(crate) async fn trial(
    link: &Link,
    plan: &Plan,
    names: &[String],
) -> Result<Vec<ReloadProblem>, HostError> {
    let jails = names.iter().filter_map(|name| plan.jail(name));
    preflight::jails(&link.client, jails).await
}

async fn plan(core: &Core, link: &Link) -> Result<Plan, HostError> {
    let plan = Plan::new(program::configured(core, link).await?);
    core.keep_enabled(plan.enabled());
    Ok(plan)
}

/// The part of one jail, when nothing speaks against loading it.
async fn checked<'a>(
    plan: &'a Plan,
    link: &Link,
    name: &JailName,
) -> Result<Option<&'a JailPlan>, HostError> {
    if let Some(broken) = plan.broken(name.as_str()) {
        return Err(HostError::UnsafeReload(vec![broken.clone()]));
    }
    let Some(jail) = plan.jail(name.as_str()) else {
        return Ok(None);
    };
    safe(preflight::jails(&link.client, std::iter::once(jail)).await?)?;
    Ok(Some(jail))
}

fn safe(problems: Vec<ReloadProblem>) -> Result<(), HostError> {
    if problems.is_empty() {
        Ok(())
    } else {
        Err(HostError::UnsafeReload(problems))
    }
}

/// Runs a jail with what its configuration says.
pub(crate) async fn start(core: &Core, name: &JailName) -> Result<JailState, HostError> {
    let _one_at_a_time = core.reloading.lock().await;
    let link = core.link();
    match core.state_of(&link, name).await {
        Ok(JailState::Running) => return Ok(JailState::Running),
        Ok(JailState::Idle) => return crate::jails::set_idle(core, name, false).await,
        Ok(JailState::Stopped) | Err(HostError::JailNotFound(_)) => {}
        Err(error) => return Err(error),
    }
    let plan = plan(core, &link).await?;
    let jail = checked(&plan, &link, name)
        .await?
        .ok_or_else(|| HostError::JailNotFound(name.clone()))?;
    let loaded = load(&link.client, jail).await;
    show(core, &link, Some(name)).await;
    loaded.map_err(|error| convert::error(&error))?;
    running_now(&link, name).await
}

/// Loads a jail that does not run. One that was added and could not be started is taken away again.
async fn load(client: &Client, jail: &JailPlan) -> Result<(), ClientError> {
    let loaded = client.reload(Some(&jail.name), jail.stream()).await;
    if loaded.is_err()
        && let Err(error) = client.stop_jail(&jail.name).await
    {
        tracing::debug!(jail.name = jail.name, %error, "no half-made jail was left to take away");
    }
    loaded
}

async fn running_now(link: &Link, name: &JailName) -> Result<JailState, HostError> {
    let running = link.client.jails().await;
    let running = running.map_err(|error| convert::error(&error))?;
    if running.iter().any(|jail| jail == name.as_str()) {
        Ok(JailState::Running)
    } else {
        Err(HostError::NotEffective("the jail does not run".to_owned()))
    }
}

/// Stops a jail.
pub(crate) async fn stop(core: &Core, name: &JailName) -> Result<JailState, HostError> {
    let _one_at_a_time = core.reloading.lock().await;
    let link = core.link();
    if core.state_of(&link, name).await? == JailState::Stopped {
        return Ok(JailState::Stopped);
    }
    let stopped = link.client.stop_jail(name.as_str()).await;
    show(core, &link, Some(name)).await;
    match stopped {
        Ok(()) => {}
        // Somebody else was faster.
        Err(ClientError::Daemon(said)) if said.is_unknown_jail() => {}
        Err(error) => return Err(convert::error(&error)),
    }
    match running_now(&link, name).await {
        Err(HostError::NotEffective(_)) => Ok(JailState::Stopped),
        Ok(_) => Err(HostError::NotEffective("the jail still runs".to_owned())),
        Err(error) => Err(error),
    }
}

/// Stops a jail and starts it.
pub(crate) async fn restart(core: &Core, name: &JailName) -> Result<JailState, HostError> {
    let _one_at_a_time = core.reloading.lock().await;
    let link = core.link();
    let state = core.state_of(&link, name).await?;
    let plan = plan(core, &link).await?;
    let jail = checked(&plan, &link, name).await?.ok_or_else(|| {
        HostError::UnsafeReload(preflight::missing(&plan, &[name.as_str().to_owned()]))
    })?;
    if state != JailState::Stopped {
        let stopped = link.client.stop_jail(name.as_str()).await;
        stopped.map_err(|error| core.jail_error(name, &error))?;
    }
    let mut loaded = load(&link.client, jail).await;
    if let Err(error) = &loaded {
        tracing::warn!(jail.name = name.as_str(), %error, "a jail did not start again; once more");
        loaded = load(&link.client, jail).await;
    }
    show(core, &link, Some(name)).await;
    match loaded {
        Ok(()) => running_now(&link, name).await,
        Err(_) => Err(HostError::JailsLost(vec![name.clone()])),
    }
}

/// Reads the configuration of one running jail again.
pub(crate) async fn reload_jail(core: &Core, name: &JailName) -> Result<ReloadReport, HostError> {
    let _one_at_a_time = core.reloading.lock().await;
    let link = core.link();
    core.needs_running(&link, name).await?;
    let plan = plan(core, &link).await?;
    let jail = checked(&plan, &link, name).await?.ok_or_else(|| {
        HostError::UnsafeReload(preflight::missing(&plan, &[name.as_str().to_owned()]))
    })?;
    let part = Part {
        jail: Some(&jail.name),
        stream: jail.stream(),
    };
    send(core, &link, &plan, part).await
}

/// Reads the whole configuration again.
pub(crate) async fn reload_all(core: &Core) -> Result<ReloadReport, HostError> {
    let _one_at_a_time = core.reloading.lock().await;
    core.answering()?;
    let link = core.link();
    let running = names(&link).await?;
    let plan = checked_plan(core, &link, &running).await?;
    safe(server_settings(&link.client, &plan).await?)?;
    let part = Part {
        jail: None,
        stream: plan.stream(),
    };
    send(core, &link, &plan, part).await
}

/// The whole configuration, when loading it ends no running jail.
async fn checked_plan(core: &Core, link: &Link, running: &[String]) -> Result<Plan, HostError> {
    let plan = plan(core, link).await?;
    let mut problems = plan.broken.clone();
    problems.extend(preflight::missing(&plan, running));
    problems.extend(preflight::jails(&link.client, plan.jails.iter()).await?);
    safe(problems)?;
    Ok(plan)
}

/// What a restart of the daemon will run, when it loses no jail: the configuration is checked as for a reload. `running` is what runs now;
/// `None` is a daemon that does not answer, so that only what its client says can be checked.
pub(crate) async fn check_restart(
    core: &Core,
    link: &Link,
    running: Option<&[String]>,
) -> Result<Restartable, HostError> {
    let plan = if let Some(running) = running {
        checked_plan(core, link, running).await?
    } else {
        let plan = plan(core, link).await?;
        safe(plan.broken.clone())?;
        plan
    };
    Ok(Restartable {
        log_target: plan.setting("logtarget").map(str::to_owned),
        jails: plan.jails.into_iter().map(|jail| jail.name).collect(),
    })
}

/// What a daemon that is started will be.
#[derive(Debug)]
pub(crate) struct Restartable {
    pub(crate) jails: BTreeSet<String>,
    pub(crate) log_target: Option<String>,
}

/// Where the configuration says that the daemon logs to.
pub(crate) async fn configured_log_target(core: &Core) -> Result<Option<String>, HostError> {
    let plan = plan(core, &core.link()).await?;
    Ok(plan.setting("logtarget").map(str::to_owned))
}

/// Shows what became of all jails.
pub(crate) async fn show_all(core: &Core, link: &Link) {
    show(core, link, None).await;
}

/// Sets the daemon's own settings one by one: refused within a reload, one would cost all jails, as another database file does.
async fn server_settings(client: &Client, plan: &Plan) -> Result<Vec<ReloadProblem>, HostError> {
    let replies = client
        .request_all(&plan.server, CommandClass::Action)
        .await
        .map_err(|error| convert::error(&error))?;
    let problem = |(command, reply): (&Vec<fail2ban::Value>, Result<_, fail2ban::DaemonError>)| {
        let error = reply.err()?;
        Some(ReloadProblem {
            jail: None,
            detail: format!("{} cannot be set: {}", text(command, 1), error.text),
        })
    };
    Ok(plan
        .server
        .iter()
        .zip(replies)
        .filter_map(problem)
        .collect())
}

/// What is sent.
struct Part<'a> {
    /// `None` is the whole configuration.
    jail: Option<&'a str>,
    stream: Vec<plan::Command>,
}

/// Sends a stream that was checked, asks which jails run then, and brings back those that do not.
async fn send(
    core: &Core,
    link: &Link,
    plan: &Plan,
    part: Part<'_>,
) -> Result<ReloadReport, HostError> {
    let client = &link.client;
    let before = names(link).await?;
    let reloaded: Option<JailName> = part.jail.and_then(|name| name.parse().ok());
    let sent = client.reload(part.jail, part.stream).await;
    if let Err(error) = &sent {
        tracing::error!(%error, "a reload that was checked failed");
    }
    let mut after = names(link).await?;
    let is_lost = |after: &[String], name: &String| {
        !after.contains(name) && !name.starts_with(fail2ban::SCRATCH_JAIL_PREFIX)
    };
    let gone: Vec<&String> = before.iter().filter(|name| is_lost(&after, name)).collect();
    for name in gone {
        tracing::error!(jail.name = name, "a reload lost a jail; it is loaded again");
        if let Some(jail) = plan.jail(name)
            && let Err(error) = load(client, jail).await
        {
            tracing::error!(jail.name = name, %error, "a lost jail could not be loaded again");
        }
        after = names(link).await?;
    }
    show(core, link, reloaded.as_ref()).await;
    let lost: Vec<JailName> = before
        .iter()
        .filter(|name| is_lost(&after, name))
        .filter_map(|name| name.parse().ok())
        .collect();
    if !lost.is_empty() {
        return Err(HostError::JailsLost(lost));
    }
    sent.map_err(|error| match error {
        ClientError::WouldDropJails { jails } => {
            HostError::UnsafeReload(preflight::missing(plan, &jails))
        }
        other => convert::error(&other),
    })?;
    let parse = |names: Vec<String>| names.into_iter().filter_map(|name| name.parse().ok());
    let started = after.iter().filter(|name| !before.contains(name)).cloned();
    Ok(ReloadReport {
        started: parse(started.collect()).collect(),
        running: parse(after).collect(),
    })
}

async fn names(link: &Link) -> Result<Vec<String>, HostError> {
    let jails = link.client.jails().await;
    jails.map_err(|error| convert::error(&error))
}

/// Shows what became of one jail, or of all. A jail that was loaded again is not idle, and its bans may have other times.
async fn show(core: &Core, link: &Link, name: Option<&JailName>) {
    {
        let mut mirror = link.mirror.lock().await;
        if let Some(name) = name {
            mirror.idle.remove(name);
            core.details.forget(name);
        } else {
            mirror.idle.clear();
            mirror.outdate_all();
            core.details.clear();
        }
    }
    let change = Change {
        jail: name.cloned(),
        ..Change::default()
    };
    core.refresh(link, vec![change]).await;
}

#[cfg(test)]
mod tests;
