//! Loading a changed configuration jail by jail, so that what did not change is not touched, and taking that back.
use std::collections::BTreeSet;

use domain::{HostError, JailName, ReloadProblem};
use fail2ban::JailCounters;
use serde::{Deserialize, Serialize};

use super::{JailPlan, Plan, load, names, plan, preflight, safe, server_settings, show, text};
use crate::{convert, core::Core, link::Link};

/// A setting that fail2ban takes over only when it starts: with jails there it refuses another database.
const ONLY_AT_START: &str = "dbfile";

/// Options that a reload sets and never resets: where one goes, the jail has to begin anew. (The lists of regexes, ignored addresses, logs and
/// actions are emptied by a reload, and the rest always has a value.)
const NEVER_RESET: [&str; 8] = [
    "prefregex",
    "datepattern",
    "maxlines",
    "logencoding",
    "logtimezone",
    "addjournalmatch",
    "maxmatches",
    "ignorecache",
];

/// What differs between two configurations, as far as the daemon is concerned.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Touched {
    /// Whether settings of the daemon itself differ.
    pub(crate) settings: bool,
    /// Jails of both that differ, by name.
    pub(crate) reload: Vec<String>,
    /// Those of them for which a reload is not enough.
    pub(crate) restart: Vec<String>,
    /// Jails of the second only.
    pub(crate) start: Vec<String>,
    /// Jails of the first only.
    pub(crate) stop: Vec<String>,
}

impl Touched {
    /// What differs.
    pub(crate) fn between(before: &Plan, after: &Plan) -> Self {
        let mut touched = Self {
            settings: before.server != after.server,
            ..Self::default()
        };
        for jail in &after.jails {
            match before.jail(&jail.name) {
                None => touched.start.push(jail.name.clone()),
                Some(old) if old.commands != jail.commands => {
                    touched.reload.push(jail.name.clone());
                    if needs_restart(old, jail) {
                        touched.restart.push(jail.name.clone());
                    }
                }
                Some(_) => {}
            }
        }
        let gone = before
            .jails
            .iter()
            .filter(|old| after.jail(&old.name).is_none());
        touched.stop = gone.map(|jail| jail.name.clone()).collect();
        touched
    }

    /// Whether the daemon need not be told anything.
    pub(crate) fn is_nothing(&self) -> bool {
        *self == Self::default()
    }

    /// The jails that are to run with what changed.
    pub(crate) fn loaded(&self) -> Vec<String> {
        self.reload.iter().chain(&self.start).cloned().collect()
    }

    /// What of it had begun: `None` stands for the daemon's settings.
    pub(crate) fn only(&self, begun: &[Option<String>]) -> Self {
        let has = |name: &String| begun.iter().flatten().any(|begun| begun == name);
        let part = |names: &[String]| names.iter().filter(|name| has(name)).cloned().collect();
        Self {
            settings: self.settings && begun.contains(&None),
            reload: part(&self.reload),
            restart: part(&self.restart),
            start: part(&self.start),
            stop: part(&self.stop),
        }
    }

    /// Both together.
    pub(crate) fn and(mut self, other: &Self) -> Self {
        let add = |own: &mut Vec<String>, more: &[String]| {
            own.extend(more.iter().cloned());
            own.sort();
            own.dedup();
        };
        self.settings |= other.settings;
        add(&mut self.reload, &other.reload);
        add(&mut self.restart, &other.restart);
        add(&mut self.start, &other.start);
        add(&mut self.stop, &other.stop);
        self
    }

    /// All jails that it names.
    pub(crate) fn names(&self) -> impl Iterator<Item = &String> {
        self.reload.iter().chain(&self.start).chain(&self.stop)
    }
}

/// Whether something would stay from the old one: another backend, or an option that a reload does not reset.
fn needs_restart(old: &JailPlan, new: &JailPlan) -> bool {
    let options = |jail: &JailPlan| -> BTreeSet<String> {
        let options = jail
            .commands
            .iter()
            .map(|command| text(command, 2).to_owned());
        options.collect()
    };
    let new_options = options(new);
    old.backend() != new.backend()
        || options(old)
            .iter()
            .any(|option| NEVER_RESET.contains(&option.as_str()) && !new_options.contains(option))
}

/// Loads what a change touches, each jail by itself. `begins` is called before something of the daemon's is touched: with a jail's name, or with `None`
/// before its settings. The caller holds the lock of reloads.
///
/// # Errors
/// At the first that fails.
pub(crate) async fn take_over(
    core: &Core,
    link: &Link,
    touched: &Touched,
    begins: impl Fn(Option<&str>),
) -> Result<(), HostError> {
    let plan = plan(core, link).await?;
    let running = names(link).await?;
    let jails: Vec<&JailPlan> = touched
        .reload
        .iter()
        // One that a person stopped stays stopped.
        .filter(|name| running.contains(name))
        .chain(&touched.start)
        .map(|name| part(&plan, name))
        .collect::<Result<_, _>>()?;
    safe(preflight::jails(&link.client, jails.iter().copied()).await?)?;
    if touched.settings {
        begins(None);
        safe(server_settings(&link.client, &settable(&plan)).await?)?;
    }
    for name in touched.stop.iter().filter(|name| running.contains(name)) {
        begins(Some(name));
        let stopped = link.client.stop_jail(name).await;
        stopped.map_err(|error| convert::error(&error))?;
    }
    for jail in jails {
        begins(Some(&jail.name));
        let restart = touched.restart.contains(&jail.name);
        let loaded = load_anew(link, jail, running.contains(&jail.name), restart).await;
        loaded.map_err(|error| in_jail(&jail.name, error))?;
    }
    Ok(())
}

async fn load_anew(
    link: &Link,
    jail: &JailPlan,
    runs: bool,
    restart: bool,
) -> Result<(), HostError> {
    let client = &link.client;
    let loaded = match (runs, restart) {
        (true, false) => client.reload(Some(&jail.name), jail.stream()).await,
        (true, true) => match client.stop_jail(&jail.name).await {
            Ok(()) => load(client, jail).await,
            Err(error) => Err(error),
        },
        (false, _) => load(client, jail).await,
    };
    loaded.map_err(|error| convert::error(&error))
}

/// The daemon's settings without the one that it takes only at its start.
fn settable(plan: &Plan) -> Plan {
    let server = plan.server.iter();
    Plan {
        server: server
            .filter(|command| text(command, 1) != ONLY_AT_START)
            .cloned()
            .collect(),
        ..Plan::default()
    }
}

fn part<'a>(plan: &'a Plan, name: &str) -> Result<&'a JailPlan, HostError> {
    plan.jail(name).ok_or_else(|| {
        let broken = plan.broken(name).cloned();
        HostError::UnsafeReload(vec![broken.unwrap_or_else(|| ReloadProblem {
            jail: Some(name.to_owned()),
            detail: "the configuration does not enable it any more".to_owned(),
        })])
    })
}

/// Says in which jail it was.
fn in_jail(name: &str, error: HostError) -> HostError {
    match error {
        HostError::Rejected { class, text } => HostError::Rejected {
            class,
            text: format!("{text} (jail {name})"),
        },
        other => other,
    }
}

/// Loads what was before a change, after its files were put back: every jail that ran runs again, with what it ran with; those that the change
/// started are stopped. Answers what failed. The caller holds the lock of reloads.
///
/// # Errors
/// When the daemon or the client program cannot be asked.
pub(crate) async fn bring_back(
    core: &Core,
    link: &Link,
    touched: &Touched,
    ran: &[String],
) -> Result<Vec<String>, HostError> {
    let plan = plan(core, link).await?;
    let running = names(link).await?;
    let mut problems = Vec::new();
    if touched.settings {
        let refused = server_settings(&link.client, &settable(&plan)).await?;
        problems.extend(refused.into_iter().map(|problem| problem.detail));
    }
    for name in &touched.start {
        if running.contains(name)
            && !ran.contains(name)
            && let Err(error) = link.client.stop_jail(name).await
        {
            problems.push(format!("{name} could not be stopped: {error}"));
        }
    }
    for name in ran {
        let runs = running.contains(name);
        if runs && !touched.reload.contains(name) {
            continue;
        }
        if let Err(why) = load_old(link, &plan, name, runs, touched.restart.contains(name)).await {
            problems.push(format!("{name} could not be loaded again: {why}"));
        }
    }
    show_touched(core, link, touched).await;
    Ok(problems)
}

/// Those of the jails that do not run.
///
/// # Errors
/// When the daemon cannot be asked.
pub(crate) async fn lost(link: &Link, ran: &[String]) -> Result<Vec<JailName>, HostError> {
    let running = names(link).await?;
    let lost = ran.iter().filter(|name| !running.contains(name));
    Ok(lost.filter_map(|name| name.parse().ok()).collect())
}

/// Loads one jail as it was. A reload that fails costs the jail, so it is loaded once more then.
async fn load_old(
    link: &Link,
    plan: &Plan,
    name: &str,
    runs: bool,
    restart: bool,
) -> Result<(), HostError> {
    let jail = part(plan, name)?;
    if runs {
        safe(preflight::jails(&link.client, std::iter::once(jail)).await?)?;
    }
    let Err(first) = load_anew(link, jail, runs, restart).await else {
        return Ok(());
    };
    tracing::error!(jail.name = name, error = %first, "a jail could not be loaded again; once more");
    load_anew(link, jail, false, false).await.map_err(|_| first)
}

/// Whether the daemon runs what it should after a change: all that ran and should run, all that is new, nothing that was to stop, and no jail
/// whose counters began anew.
///
/// # Errors
/// `NotEffective` with what is wrong, or that the daemon cannot be asked.
pub(crate) async fn verify(
    core: &Core,
    link: &Link,
    touched: &Touched,
    before: &[JailCounters],
) -> Result<Vec<JailName>, HostError> {
    show_touched(core, link, touched).await;
    let after = link.client.counters().await;
    let after = after.map_err(|error| convert::error(&error))?;
    let find = |name: &str| after.iter().find(|jail| jail.jail == name);
    let mut wrong = Vec::new();
    for old in before {
        let name = &old.jail;
        match (find(name), touched.stop.contains(name)) {
            (None, false) => wrong.push(format!("{name} does not run any more")),
            (Some(_), true) => wrong.push(format!("{name} still runs")),
            (Some(now), false)
                if now.total_banned < old.total_banned && !touched.restart.contains(name) =>
            {
                wrong.push(format!("{name} has forgotten what it banned"));
            }
            _ => {}
        }
    }
    let missing = touched.start.iter().filter(|name| find(name).is_none());
    wrong.extend(missing.map(|name| format!("{name} does not run")));
    if !wrong.is_empty() {
        return Err(HostError::NotEffective(wrong.join("; ")));
    }
    Ok(after
        .iter()
        .filter_map(|jail| jail.jail.parse().ok())
        .collect())
}

/// The jails that run.
///
/// # Errors
/// When the daemon cannot be asked.
pub(crate) async fn running(link: &Link) -> Result<Vec<JailName>, HostError> {
    let names = names(link).await?;
    Ok(names.iter().filter_map(|name| name.parse().ok()).collect())
}

/// The counters of the jails that run, without the scratch jails.
///
/// # Errors
/// When the daemon cannot be asked.
pub(crate) async fn counters(link: &Link) -> Result<Vec<JailCounters>, HostError> {
    let counters = link.client.counters().await;
    counters.map_err(|error| convert::error(&error))
}

async fn show_touched(core: &Core, link: &Link, touched: &Touched) {
    for name in touched.names() {
        if let Ok(name) = name.parse::<JailName>() {
            show(core, link, Some(&name)).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan_of(text: &[&[&str]]) -> Plan {
        let command = |words: &&[&str]| words.iter().map(|word| (*word).into()).collect();
        Plan::new(text.iter().map(command).collect())
    }

    #[test]
    fn only_what_differs_is_touched() {
        let before = plan_of(&[
            &["set", "loglevel", "INFO"],
            &["add", "a", "polling"],
            &["set", "a", "maxretry", "3"],
            &["add", "b", "polling"],
            &["add", "c", "polling"],
        ]);
        let after = plan_of(&[
            &["set", "loglevel", "INFO"],
            &["add", "a", "polling"],
            &["set", "a", "maxretry", "5"],
            &["add", "b", "polling"],
            &["add", "d", "polling"],
        ]);
        let touched = Touched::between(&before, &after);
        assert_eq!(
            touched,
            Touched {
                reload: vec!["a".into()],
                start: vec!["d".into()],
                stop: vec!["c".into()],
                ..Touched::default()
            }
        );
        assert!(Touched::between(&after, &after).is_nothing());
    }

    #[test]
    fn jail_that_loses_an_option_which_a_reload_keeps_is_restarted() {
        let before = plan_of(&[&["add", "a", "polling"], &["set", "a", "prefregex", "^x"]]);
        let after = plan_of(&[&["add", "a", "polling"]]);
        assert_eq!(Touched::between(&before, &after).restart, ["a"]);
        assert!(Touched::between(&after, &before).restart.is_empty());
    }
}
