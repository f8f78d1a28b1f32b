//! What becomes of a change once its files are being written: it is loaded, verified and kept, or put back.
use std::sync::{Arc, Mutex, PoisonError};

use domain::{
    ApplyReport, ApplyStep, ConfigError, HostError, JailName, PendingConfirmation, ReloadProblem,
    Version, VersionOutcome,
};
use fail2ban::JailCounters;

use super::Applying;
use crate::{
    configuration::{
        check::{self, Checked},
        journal::{Intent, NotWritten, Phase},
        observer::ApplyPoint,
        reading, record,
        state::Turn,
        undo::{self, Undone},
    },
    core::Core,
    link::Link,
    mirror::on_disk,
    reload,
};

impl Applying<'_> {
    /// What was begun is put back; where that succeeds, nothing has happened.
    pub(super) async fn not_written(
        &self,
        mut intent: Intent,
        NotWritten { error, written }: NotWritten,
        checked: &Checked,
    ) -> Result<ApplyReport, ConfigError> {
        intent.files.truncate(written);
        let back = undo::files(self.core, &self.store, &intent);
        let back = self.steps.run(ApplyStep::PutBack, back).await;
        match back {
            Ok(()) => {
                let store = self.store.clone();
                on_disk(move || store.end_intent()).await?;
                Err(error)
            }
            Err(problem) => {
                let undone = Undone {
                    report: domain::UndoReport {
                        files_are_back: false,
                        jails_lost: Vec::new(),
                        problem: Some(problem),
                    },
                    well: false,
                    owed: false,
                };
                self.failed(intent, error.to_string(), undone, checked)
                    .await
            }
        }
    }

    pub(super) async fn load_verify_record(
        &self,
        link: &Link,
        intent: &Intent,
        checked: &Checked,
        before: &[JailCounters],
    ) -> Result<(Version, Vec<JailName>), Failure> {
        let mut running = Vec::new();
        if checked.daemon_runs {
            let begun = Mutex::new(Vec::new());
            let loaded = self.load(link, intent, &begun);
            let words = |error: &HostError| check::words(error);
            let loaded = self
                .steps
                .run_saying(ApplyStep::Reload, loaded, words)
                .await;
            let begun = begun.into_inner().unwrap_or_else(PoisonError::into_inner);
            let failed = |error: HostError| Failure {
                why: check::words(&error),
                begun: begun.clone(),
            };
            loaded.map_err(failed)?;
            let verified = reload::verify(self.core, link, &intent.touched, before);
            let verified = self
                .steps
                .run_saying(ApplyStep::Verify, verified, words)
                .await;
            running = verified.map_err(failed)?;
        }
        let recorded = self.record(intent, checked);
        let recorded = self.steps.run(ApplyStep::Record, recorded).await;
        let version = recorded.map_err(|error| Failure {
            why: error.to_string(),
            begun: everything(intent),
        })?;
        Ok((version, running))
    }

    async fn load(
        &self,
        link: &Link,
        intent: &Intent,
        begun: &Mutex<Vec<Option<String>>>,
    ) -> Result<(), HostError> {
        if intent.touched.is_nothing() {
            return Ok(());
        }
        let loaded = reload::take_over(self.core, link, &intent.touched, |name| {
            let mut begun = begun.lock().unwrap_or_else(PoisonError::into_inner);
            begun.push(name.map(str::to_owned));
            let point = ApplyPoint::Loads(name.unwrap_or_default());
            self.core.configuration.disk.tell(point);
        });
        match loaded.await {
            Err(HostError::UnsafeReload(problems)) => {
                let problems = with_names_of_logs(self.core, problems).await;
                Err(HostError::UnsafeReload(problems))
            }
            other => other,
        }
    }

    /// From here on a start keeps the change, or goes on to wait for its confirmation.
    async fn record(&self, intent: &Intent, checked: &Checked) -> Result<Version, ConfigError> {
        let confirm = self.command.confirm || !checked.risks.is_empty();
        let config = &self.core.config;
        let now = config.clock.now();
        let within = i64::try_from(config.confirm_within.as_millis()).unwrap_or(i64::MAX);
        let confirm_by = domain::Timestamp::from_millis(now.as_millis().saturating_add(within));
        let mut intent = intent.clone();
        let outcome = if confirm {
            intent.phase = Phase::Waiting { confirm_by };
            VersionOutcome::WaitsForConfirmation
        } else {
            intent.phase = Phase::Verified;
            VersionOutcome::InForce
        };
        let (store, dir, kept) = (
            self.store.clone(),
            config.config_dir.clone(),
            config.kept_versions,
        );
        let version = on_disk(move || -> Result<Version, ConfigError> {
            store.keep_intent(&intent)?;
            let version = record::of_intent(&intent, now, outcome);
            let version = record::keep(&store, &dir, version)?;
            if !confirm {
                store.end_intent()?;
            }
            if let Err(error) = store.prune(kept) {
                tracing::warn!(%error, "old versions of the configuration could not be removed");
            }
            Ok(version)
        })
        .await?;
        if confirm {
            self.core
                .configuration
                .set_pending(Some(PendingConfirmation {
                    version: version.id,
                    author: version.author.clone(),
                    confirm_by,
                }));
        }
        Ok(version)
    }

    pub(super) async fn undo(
        &self,
        mut intent: Intent,
        failure: Failure,
        checked: &Checked,
    ) -> Result<ApplyReport, ConfigError> {
        intent.phase = Phase::Undoing {
            failed: failure.why.clone(),
        };
        undo::note(&self.store, &intent).await;
        let touched = intent.touched.only(&failure.begun);
        let undone = undo::undo(&self.steps, &self.store, &intent, &touched).await;
        self.failed(intent, failure.why, undone, checked).await
    }

    /// Keeps the version of an attempt that failed, and reports it.
    async fn failed(
        &self,
        intent: Intent,
        why: String,
        undone: Undone,
        checked: &Checked,
    ) -> Result<ApplyReport, ConfigError> {
        let at = self.core.config.clock.now();
        let version = Version {
            failed: Some(why),
            undone: Some(undone.report.clone()),
            ..record::of_intent(&intent, at, undone.outcome())
        };
        undo::finish(self.core, &self.store, intent, &version, undone.owed).await;
        let running = reload::running(&self.core.link()).await.unwrap_or_default();
        Ok(report(self.steps.turn, &version, running, checked))
    }
}

/// Why a change is undone, and what of the daemon's it had begun to touch.
pub(super) struct Failure {
    why: String,
    begun: Vec<Option<String>>,
}

/// Says which log files were not found: fail2ban's client leaves out those that are not there, and the configuration has them.
async fn with_names_of_logs(
    core: &Arc<Core>,
    mut problems: Vec<ReloadProblem>,
) -> Vec<ReloadProblem> {
    if problems
        .iter()
        .all(|problem| problem.detail != reload::NO_LOG_FILE)
    {
        return problems;
    }
    let (now, _) = reading::now(core).await;
    on_disk(move || {
        for problem in &mut problems {
            let name = problem.jail.as_deref();
            let jail = name.and_then(|name| now.config.jail(name));
            let logs = jail.iter().flat_map(|jail| &jail.logs);
            let patterns: Vec<&str> = logs.map(|log| log.pattern.as_str()).collect();
            if problem.detail == reload::NO_LOG_FILE && !patterns.is_empty() {
                problem.detail = format!("{}: {}", reload::NO_LOG_FILE, patterns.join(", "));
            }
        }
        problems
    })
    .await
}

fn everything(intent: &Intent) -> Vec<Option<String>> {
    let names = intent.touched.names().cloned().map(Some);
    names.chain(std::iter::once(None)).collect()
}

pub(super) fn report(
    turn: &Turn,
    version: &Version,
    running: Vec<JailName>,
    checked: &Checked,
) -> ApplyReport {
    ApplyReport {
        version: version.id,
        in_force: version.failed.is_none(),
        failed: version.failed.clone(),
        undone: version.undone.clone(),
        confirm_by: None,
        running,
        steps: turn.steps(),
        findings: checked.findings.clone(),
    }
}
