//! What speaks against a change, and what it would do: fail2ban's own client reads the files as they would be, the daemon tries what would be loaded with
//! jails that never start, and the samples of changed filters are run. Nothing is changed.
use std::sync::Arc;

use domain::{ConfigError, ConfigPlan, Finding, HostError, JailName, LogCheck, ReloadScope, Risk};

use super::{
    diff,
    draft::Draft,
    effects::Meanings,
    objections, reading,
    risks::{self, Reachable, RemoteAccess},
    trial::Trial,
};
use crate::{
    core::Core,
    daemon_log, laboratory,
    link::Link,
    mirror::on_disk,
    reload::{self, Plan, Reading, Touched},
};

/// The two configurations as fail2ban reads them.
pub(super) struct Compared {
    pub(super) before: Plan,
    pub(super) after: Plan,
}

/// A draft that was checked.
pub(super) struct Checked {
    /// What speaks against it, the gravest first.
    pub(super) findings: Vec<Finding>,
    pub(super) risks: Vec<Risk>,
    pub(super) touched: Touched,
    /// Whether the daemon runs, so that there is something to load.
    pub(super) daemon_runs: bool,
    /// Whether fail2ban keeps its bans on the disk, and so gives them back to a jail that starts anew.
    has_database: bool,
    meanings: Meanings,
    /// The new commands, as the client reads them.
    new: Reading,
}

/// Checks a draft.
///
/// # Errors
/// When fail2ban's client cannot be run, or the disk fails. What speaks against the change are findings.
pub(super) async fn check(core: &Arc<Core>, draft: &Arc<Draft>) -> Result<Checked, ConfigError> {
    let link = core.link();
    let (own, dir) = (Arc::clone(draft), core.config.config_dir.clone());
    let version = reading::version(core);
    let (rules, socket) = (Arc::clone(core), link.client.socket().to_owned());
    let sampled = laboratory::sampled(core).await?;
    let (trial, meanings, compared, of_rules, sampled) = on_disk(move || {
        let meanings = Meanings::read(&dir, &own, &version);
        let compared = meanings.compared();
        let mut of_rules = meanings.findings(&rules.config_reader.memory);
        of_rules.extend(objections::socket_elsewhere(&meanings, &socket));
        of_rules.extend(objections::changed_outside(&rules, &own)?);
        let sampled = meanings.changed_filters(&own, sampled);
        let trial = Trial::make(&dir, &own.new);
        Ok::<_, ConfigError>((trial?, meanings, compared, of_rules, sampled))
    })
    .await?;
    let new = read_trial(core, &link, &trial).await?;
    let mut findings = laboratory::check_samples(core, trial.dir(), sampled).await?;
    on_disk(move || drop(trial)).await;
    findings.extend(of_rules);

    let after = commands(Some(&new));
    let complains = !new.complaints.is_empty() || !after.broken.is_empty();
    let old = if complains || compared.is_none() {
        Some(reload::reading(core, &link, &core.config.config_dir).await?)
    } else {
        None
    };
    let before = commands(old.as_ref());
    findings.extend(objections::of_client(old.as_ref(), &new));
    findings.extend(objections::broken(&before, &after));
    // Where our own reading refuses a configuration, fail2ban's counts.
    let compared = compared.unwrap_or_else(|| Compared {
        before,
        after: commands(Some(&new)),
    });
    findings.extend(log_target(core, &compared).await);
    let touched = Touched::between(&compared.before, &compared.after);
    let mut daemon_runs = objections::is_running(core, &mut findings);
    if daemon_runs && new.stream.is_some() {
        match objections::of_daemon(&link, &after, &touched, &mut findings).await? {
            Some(refused) => findings.extend(refused),
            None => daemon_runs = false,
        }
    }
    if daemon_runs {
        findings.extend(meanings.restarts());
    }
    findings.extend(objections::read_only(core));
    let (meanings, touched, reachable) = reachable(core, meanings, touched).await;
    findings.sort_by_key(|finding| finding.severity);
    Ok(Checked {
        findings,
        risks: risks::of(draft, &compared, &touched, reachable),
        touched,
        daemon_runs,
        has_database: daemon_runs && has_database(&link).await,
        meanings,
        new,
    })
}

/// What the change can do to whoever speaks with the daemon; gives back what it was told.
async fn reachable(
    core: &Arc<Core>,
    meanings: Meanings,
    touched: Touched,
) -> (Meanings, Touched, Reachable) {
    let own = Arc::clone(core);
    on_disk(move || {
        let access = RemoteAccess::read(&own.config.own_ports);
        let mut kept = ["socket", "pidfile"].into_iter();
        let reachable = Reachable {
            guarded: risks::guards(&access, &meanings, &touched),
            daemon_moves: kept.any(|name| meanings.changed_setting(name).is_some()),
        };
        (meanings, touched, reachable)
    })
    .await
}

/// Whether the daemon that runs keeps its bans on the disk, whatever the files say. Where it cannot be asked, nothing is promised.
async fn has_database(link: &Link) -> bool {
    let settings = link.client.server_settings().await;
    settings.is_ok_and(|settings| settings.dbfile.is_some())
}

/// All that a person sees before they apply it.
pub(super) async fn plan(core: &Core, draft: &Arc<Draft>, checked: Checked) -> ConfigPlan {
    let Checked {
        mut findings,
        risks,
        touched,
        has_database,
        meanings,
        new,
        ..
    } = checked;
    let own = Arc::clone(draft);
    let (files, effects) = on_disk(move || {
        let files = diff::changed(&own.files, &own.new);
        (files, meanings.effects(&own))
    })
    .await;
    let log_checks = log_checks(core, &new, &touched, &mut findings).await;
    ConfigPlan {
        hash: draft.hash.clone(),
        base: draft.base.clone(),
        files,
        effects,
        findings,
        reload: scope(&touched, has_database),
        risks,
        runs_commands: draft.runs_commands,
        log_checks,
    }
}

/// What speaks against another place for fail2ban's log: the daemon writes there as root.
async fn log_target(core: &Core, compared: &Compared) -> Vec<Finding> {
    let target = |plan: &Plan| plan.setting("logtarget").map(str::to_owned);
    match (target(&compared.before), target(&compared.after)) {
        (before, Some(after)) if before.as_ref() != Some(&after) => {
            daemon_log::check_log_target(core, &after).await
        }
        _ => Vec::new(),
    }
}

/// The commands that the client printed, sorted.
fn commands(reading: Option<&Reading>) -> Plan {
    Plan::new(
        reading
            .and_then(|reading| reading.stream.clone())
            .unwrap_or_default(),
    )
}

/// What fail2ban's client makes of the new files, with the names of the real ones.
async fn read_trial(core: &Core, link: &Link, trial: &Trial) -> Result<Reading, ConfigError> {
    let dir = &core.config.config_dir;
    let mut reading = reload::reading(core, link, trial.dir()).await?;
    let stream = reading.stream.take();
    reading.stream = stream.map(|stream| trial.real_commands(stream, dir));
    for problem in &mut reading.complaints {
        problem.detail = trial.real_text(&problem.detail, dir);
    }
    Ok(reading)
}

/// What jails that are to be started will read, and how many of its last lines their filters match.
async fn log_checks(
    core: &Core,
    new: &Reading,
    touched: &Touched,
    findings: &mut Vec<Finding>,
) -> Vec<LogCheck> {
    let mut checks = Vec::new();
    let stream = new.stream.as_deref().unwrap_or_default();
    for jail in &touched.start {
        let Ok(name) = jail.parse::<JailName>() else {
            continue;
        };
        match laboratory::log_check(core, &name, stream).await {
            Ok(check) => checks.push(check),
            Err(error) => findings.push(objections::log_not_checked(jail, &error)),
        }
    }
    checks
}

fn scope(touched: &Touched, has_database: bool) -> ReloadScope {
    let parse = |names: &[String]| names.iter().filter_map(|name| name.parse().ok()).collect();
    let (restart, reload): (Vec<String>, Vec<String>) = touched
        .reload
        .iter()
        .cloned()
        .partition(|name| touched.restart.contains(name));
    ReloadScope {
        settings: touched.settings,
        reload: parse(&reload),
        restart_ends_bans: !restart.is_empty() && !has_database,
        restart: parse(&restart),
        start: parse(&touched.start),
        stop: parse(&touched.stop),
    }
}

/// The problems of an error in plain words.
pub(super) fn words(error: &HostError) -> String {
    let HostError::UnsafeReload(problems) = error else {
        return error.to_string();
    };
    let said = problems.iter().map(|problem| match &problem.jail {
        Some(jail) => format!("{jail}: {}", problem.detail),
        None => problem.detail.clone(),
    });
    said.collect::<Vec<_>>().join("; ")
}
