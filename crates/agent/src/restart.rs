//! The daemon as a program: its log opened anew, and it itself started again.
mod service;
mod start;

use std::{collections::BTreeSet, time::Duration};

use async_trait::async_trait;
use domain::{ConfigError, DaemonActs, HostError, JailName, ReloadProblem, RestartReport};
use fail2ban::{CommandClass, SCRATCH_JAIL_PREFIX};
use tokio::time::Instant;

use self::{service::Unit, start::Started};
use crate::{Agent, convert, core::Core, daemon_log, link::Link, mirror::on_disk, reload};

/// How long between two looks at a daemon that stops or starts.
const LOOK_PAUSE: Duration = Duration::from_millis(100);

#[async_trait]
impl DaemonActs for Agent {
    async fn flush_logs(&self) -> Result<String, ConfigError> {
        self.see_through(|core| async move { flush_logs(&core).await })
            .await
    }

    async fn restart_daemon(&self) -> Result<RestartReport, ConfigError> {
        self.see_through(|core| async move { restart(&core).await })
            .await
    }
}

async fn flush_logs(core: &Core) -> Result<String, ConfigError> {
    core.answering()?;
    let link = core.link();
    let answer = link
        .client
        .request(&["flushlogs".into()], CommandClass::Action)
        .await;
    let answer = answer.map_err(|error| convert::error(&error))?;
    Ok(answer.as_str().unwrap_or_default().to_owned())
}

/// How the daemon is started again.
enum Way {
    Service(Unit),
    Command(Vec<String>),
}

impl Way {
    /// The service manager where it runs this very daemon, else the command of the settings.
    async fn find(core: &Core, link: &Link) -> Result<Self, ConfigError> {
        if let Some(unit) = Unit::of(link.client.socket(), &core.config.config_dir).await {
            return Ok(Self::Service(unit));
        }
        let command = core
            .config
            .start_command
            .clone()
            .filter(|command| !command.is_empty());
        command.map(Self::Command).ok_or_else(|| {
            ConfigError::Restart(
                "no service manager runs this daemon, and the settings name no command that starts it".to_owned(),
            )
        })
    }

    const fn name(&self) -> &'static str {
        match self {
            Self::Service(_) => "service",
            Self::Command(_) => "command",
        }
    }
}

/// Restarts the daemon, unless its configuration would lose a jail, and waits until all jails that ran run again.
async fn restart(core: &Core) -> Result<RestartReport, ConfigError> {
    let began = Instant::now();
    let _one_at_a_time = core.reloading.lock().await;
    let link = core.link();
    let way = Way::find(core, &link).await?;
    let running = link.client.jails().await.ok();
    let next = reload::check_restart(core, &link, running.as_deref()).await?;
    check_log_target(next.log_target).await?;
    let wanted: BTreeSet<String> = match running {
        Some(names) => names
            .into_iter()
            .filter(|name| !name.starts_with(SCRATCH_JAIL_PREFIX))
            .collect(),
        None => next.jails,
    };
    let limit = core.config.timeouts.restart;
    let mut started = match &way {
        Way::Service(unit) => {
            unit.restart(limit).await?;
            None
        }
        Way::Command(command) => {
            stop(&link, limit).await?;
            Some(Started::by(command).await?)
        }
    };
    let now = wait_for(&link, &wanted, limit, started.as_mut()).await;
    if let (Err(_), Some(started)) = (&now, started) {
        started.kill();
    }
    reload::show_all(core, &link).await;
    let now = now?;
    let parse = |names: &mut dyn Iterator<Item = &String>| -> Vec<JailName> {
        names.filter_map(|name| name.parse().ok()).collect()
    };
    Ok(RestartReport {
        by: way.name().to_owned(),
        jails_lost: parse(&mut wanted.iter().filter(|name| !now.contains(name))),
        running: parse(&mut now.iter()),
        milliseconds: u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX),
    })
}

/// A daemon that cannot open its log does not start, which a reload shows and a restart would not.
async fn check_log_target(target: Option<String>) -> Result<(), ConfigError> {
    let Some(target) = target else {
        return Ok(());
    };
    let unusable = on_disk(move || daemon_log::unusable(&target)).await;
    match unusable {
        None => Ok(()),
        Some(detail) => {
            Err(HostError::UnsafeReload(vec![ReloadProblem { jail: None, detail }]).into())
        }
    }
}

/// Tells the daemon to stop, as its unit does, and waits until it is gone. It ends its bans first, which takes its time.
async fn stop(link: &Link, limit: Duration) -> Result<(), ConfigError> {
    if link.client.ping().await.is_err() {
        return Ok(());
    }
    // It may close the connection before it answers.
    let told = link
        .client
        .request(&["stop".into()], CommandClass::Action)
        .await;
    let until = Instant::now() + limit;
    while link.client.ping().await.is_ok() {
        if Instant::now() >= until {
            let why = told
                .err()
                .map_or_else(String::new, |error| format!(": {error}"));
            return Err(ConfigError::Restart(format!(
                "it was told to stop and still answers after {} s{why}",
                limit.as_secs()
            )));
        }
        tokio::time::sleep(LOOK_PAUSE).await;
    }
    Ok(())
}

/// The jails that run, once all that are wanted do; at the limit, those that do.
async fn wait_for(
    link: &Link,
    wanted: &BTreeSet<String>,
    limit: Duration,
    mut started: Option<&mut Started>,
) -> Result<Vec<String>, ConfigError> {
    let until = Instant::now() + limit;
    loop {
        let last = Instant::now() >= until;
        match link.client.jails().await {
            Ok(names) if last || wanted.iter().all(|name| names.contains(name)) => {
                return Ok(names);
            }
            Err(error) if last => {
                return Err(ConfigError::Restart(format!(
                    "it was started and does not answer after {} s: {error}",
                    limit.as_secs()
                )));
            }
            Ok(_) | Err(_) => {}
        }
        if let Some(started) = &mut started {
            started.check().await?;
        }
        tokio::time::sleep(LOOK_PAUSE).await;
    }
}
