//! What speaks against a change, in the words of who found it.
use std::path::{Path, PathBuf};

use domain::{
    ConfigError, ConfigItemId, ConfigItemKind, ConfigPath, DaemonState, Finding, FindingSource,
    HostError, ReloadProblem, Severity,
};

use super::{draft::Draft, effects::Meanings, folder, record};
use crate::{
    core::Core,
    finding::Code,
    link::Link,
    reload::{self, Plan, Reading, Touched},
};

/// What the client says of the new files. What it said of the old ones too is no reason against the change.
pub(super) fn of_client(old: Option<&Reading>, new: &Reading) -> Vec<Finding> {
    let known = |problem: &ReloadProblem| {
        new.stream.is_some() && old.is_some_and(|old| old.complaints.contains(problem))
    };
    let said = |problem: &ReloadProblem| {
        let severity = severity(known(problem));
        finding(
            severity,
            FindingSource::Client,
            Code::ClientRefuses,
            problem.clone(),
        )
    };
    new.complaints.iter().map(said).collect()
}

/// Jails that the client leaves out because it cannot read them.
pub(super) fn broken(before: &Plan, after: &Plan) -> Vec<Finding> {
    let said = |problem: &ReloadProblem| {
        let severity = severity(before.broken.contains(problem));
        finding(
            severity,
            FindingSource::Client,
            Code::BrokenJail,
            problem.clone(),
        )
    };
    after.broken.iter().map(said).collect()
}

/// What the daemon refuses of what would be loaded; `None` where it has gone since it was last seen, which the findings then say.
pub(super) async fn of_daemon(
    link: &Link,
    after: &Plan,
    touched: &Touched,
    findings: &mut Vec<Finding>,
) -> Result<Option<Vec<Finding>>, HostError> {
    let tried = match reload::trial(link, after, &touched.loaded()).await {
        Err(HostError::Unavailable { detail, .. }) => {
            // One that is about to end seems to hang.
            findings.retain(|finding| finding.code != String::from(Code::DaemonHangs));
            findings.push(daemon_down(&detail));
            return Ok(None);
        }
        tried => tried?,
    };
    let refused = |problem| {
        finding(
            Severity::Error,
            FindingSource::Daemon,
            Code::DaemonRefuses,
            problem,
        )
    };
    Ok(Some(tried.into_iter().map(refused).collect()))
}

fn severity(is_known: bool) -> Severity {
    if is_known {
        Severity::Warning
    } else {
        Severity::Error
    }
}

fn finding(
    severity: Severity,
    source: FindingSource,
    code: Code,
    problem: ReloadProblem,
) -> Finding {
    let jail = problem.jail.as_deref().and_then(|name| name.parse().ok());
    Finding {
        severity,
        source,
        code: code.into(),
        detail: problem.detail,
        item: jail.map(|name| ConfigItemId {
            kind: ConfigItemKind::Jail,
            name,
        }),
        option: None,
        file: None,
        line: None,
        suggestion: None,
    }
}

fn general(severity: Severity, source: FindingSource, code: Code, detail: String) -> Finding {
    let problem = ReloadProblem { jail: None, detail };
    finding(severity, source, code, problem)
}

/// Whether the daemon runs. One that is not there takes the files when it starts; one that hangs can be asked nothing, so that nothing could be
/// verified.
pub(super) fn is_running(core: &Core, findings: &mut Vec<Finding>) -> bool {
    let state = &core.snapshot().daemon;
    let DaemonState::Down { detail, .. } = state else {
        return true;
    };
    if let Err(error) = core.answering() {
        let said = general(
            Severity::Error,
            FindingSource::Daemon,
            Code::DaemonHangs,
            error.to_string(),
        );
        findings.push(said);
        return true;
    }
    findings.push(daemon_down(detail));
    false
}

fn daemon_down(detail: &str) -> Finding {
    let text = format!(
        "fail2ban does not run ({detail}), so it cannot try the change; it takes it over when it starts"
    );
    general(
        Severity::Warning,
        FindingSource::Daemon,
        Code::DaemonDown,
        text,
    )
}

pub(super) fn read_only(core: &Core) -> Option<Finding> {
    let why = folder::why_read_only(&core.config.config_dir)?;
    let text = format!("the configuration's folder cannot be written: {why}");
    Some(general(
        Severity::Error,
        FindingSource::Rules,
        Code::ReadOnly,
        text,
    ))
}

/// That the daemon would be at another socket than BanGUI. It goes there at its next start, maybe long after somebody confirmed the change, and then BanGUI
/// could neither reach it nor take anything back. Where BanGUI knows the socket by another path than the files do, nobody can tell. Waits for the disk.
pub(super) fn socket_elsewhere(meanings: &Meanings, own: &Path) -> Option<Finding> {
    let (before, after) = meanings.changed_setting("socket")?;
    let own = resolved(own);
    if resolved(Path::new(&before)) != own || resolved(Path::new(&after)) == own {
        return None;
    }
    let text = format!(
        "BanGUI speaks with fail2ban at {} and would lose it when fail2ban starts again with another socket. Change it in the files by hand, restart \
         fail2ban, and tell BanGUI the new one",
        own.display()
    );
    let mut found = general(
        Severity::Error,
        FindingSource::Rules,
        Code::SocketElsewhere,
        text,
    );
    found.item = super::told::id(ConfigItemKind::Server, "fail2ban");
    found.option = Some("socket".to_owned());
    Some(found)
}

/// Files that were changed outside since the newest version: what is loaded for the change is loaded with them. Waits for the disk.
pub(super) fn changed_outside(core: &Core, draft: &Draft) -> Result<Vec<Finding>, ConfigError> {
    // Without a place for versions nothing can be applied either, which the plan's state says, and the log did at the start.
    let Ok(store) = core.configuration.store() else {
        return Ok(Vec::new());
    };
    let mut paths = record::changed_since(store.newest()?.as_ref(), &draft.files);
    // What the plan itself writes is in its diff.
    paths.retain(|path| !draft.new.contains_key(path));
    let said = |path: ConfigPath| {
        let text = format!(
            "{path} was changed outside BanGUI. Unless fail2ban has loaded it already, that takes effect with this as well; Versions shows what was changed"
        );
        Finding {
            file: Some(path.to_string()),
            ..general(
                Severity::Warning,
                FindingSource::Rules,
                Code::ChangedOutside,
                text,
            )
        }
    };
    Ok(paths.into_iter().map(said).collect())
}

/// A path without links in what there is of its folders; the socket itself, and the folder that fail2ban makes for it, may not be there.
fn resolved(path: &Path) -> PathBuf {
    for folder in path.ancestors().skip(1) {
        if let (Ok(real), Ok(rest)) = (folder.canonicalize(), path.strip_prefix(folder)) {
            return real.join(rest);
        }
    }
    path.to_owned()
}

/// That the log of a jail could not be looked at.
pub(super) fn log_not_checked(jail: &str, error: &ConfigError) -> Finding {
    let problem = ReloadProblem {
        jail: Some(jail.to_owned()),
        detail: format!("its filter could not be tried on its log: {error}"),
    };
    finding(
        Severity::Warning,
        FindingSource::Client,
        Code::LogNotChecked,
        problem,
    )
}
