//! Changes of fail2ban's configuration that follow from what a person did here: by the one safe way, without being confirmed once more.
use std::sync::Arc;

use domain::{ApplyCommand, ConfigAuthor, ConfigChange, ConfigError, HostConfigActs, HostError};

/// Applies changes; `false` where no file changes by them.
///
/// What they follow from was asked for by a person, and each jail was seen to run with them: where they must be confirmed, that is done here.
///
/// # Errors
/// What the configuration says; nothing is written then, or everything is put back.
pub(super) async fn apply(
    acts: &Arc<dyn HostConfigActs>,
    changes: Vec<ConfigChange>,
    note: &str,
) -> Result<bool, ConfigError> {
    let plan = acts.config_plan(&changes).await?;
    if plan.files.is_empty() {
        return Ok(false);
    }
    if !plan.is_applicable() {
        return Err(ConfigError::Blocked(plan.findings));
    }
    let author = ConfigAuthor {
        name: None,
        address: None,
    };
    let command = ApplyCommand {
        changes,
        hash: plan.hash,
        base: plan.base,
        author: author.clone(),
        note: note.to_owned(),
        may_run_commands: false,
        confirm: false,
    };
    let report = acts.config_apply(&command).await?;
    if report.in_force && report.confirm_by.is_some() {
        acts.config_confirm(report.version, &author).await?;
    }
    match report.failed {
        Some(failed) => Err(HostError::NotEffective(failed).into()),
        None => Ok(true),
    }
}
