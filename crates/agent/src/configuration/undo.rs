//! Putting a change back: its files, and what the daemon runs.
use domain::{ApplyStep, ConfigError, HostError, UndoReport, Version, VersionOutcome};

use super::{
    check::words,
    journal::{Intent, Phase},
    record,
    steps::Steps,
    store::Store,
};
use crate::{
    core::Core,
    mirror::on_disk,
    reload::{self, Touched},
};

/// Puts the files back.
///
/// # Errors
/// What could not be put back, in plain words.
pub(super) async fn files(core: &Core, store: &Store, intent: &Intent) -> Result<(), String> {
    let (store, intent) = (store.clone(), intent.clone());
    let dir = core.config.config_dir.clone();
    let problems = on_disk(move || intent.put_back(&store, &dir)).await;
    if problems.is_empty() {
        Ok(())
    } else {
        Err(problems.join("; "))
    }
}

/// What came of putting a change back.
pub(super) struct Undone {
    pub(super) report: UndoReport,
    /// Whether all that was tried succeeded.
    pub(super) well: bool,
    /// Whether the daemon has still to be told of the old files.
    pub(super) owed: bool,
}

impl Undone {
    /// The outcome of a change that failed.
    pub(super) fn outcome(&self) -> VersionOutcome {
        if self.well {
            VersionOutcome::Undone
        } else {
            VersionOutcome::Broken
        }
    }
}

/// Puts files and jails back. `touched` is what the daemon may run of the change. The caller holds the lock of reloads.
pub(super) async fn undo(
    steps: &Steps<'_>,
    store: &Store,
    intent: &Intent,
    touched: &Touched,
) -> Undone {
    let core = steps.core;
    let back = files(core, store, intent);
    let back = steps.run(ApplyStep::PutBack, back).await;
    let mut problems: Vec<String> = back.as_ref().err().cloned().into_iter().collect();
    let loaded = load_old(core, touched, &intent.ran);
    let loaded = steps.run_saying(ApplyStep::ReloadOld, loaded, words).await;
    let owed = match loaded {
        Ok(failed) => {
            problems.extend(failed);
            None
        }
        Err(error @ HostError::Unavailable { .. }) => Some(not_told(&error)),
        Err(error) => {
            problems.push(words(&error));
            None
        }
    };
    let mut jails_lost = Vec::new();
    if owed.is_none() {
        let link = core.link();
        let lost = reload::lost(&link, &intent.ran);
        let lost = steps.run_saying(ApplyStep::VerifyOld, lost, words).await;
        jails_lost = lost.unwrap_or_default();
    }
    let well = problems.is_empty() && jails_lost.is_empty();
    let is_owed = owed.is_some();
    problems.extend(owed);
    Undone {
        report: UndoReport {
            files_are_back: back.is_ok(),
            jails_lost,
            problem: (!problems.is_empty()).then(|| problems.join("; ")),
        },
        well,
        owed: is_owed,
    }
}

/// Has the daemon load the old files; one that is known to be down is not asked, as that could take long.
async fn load_old(
    core: &Core,
    touched: &Touched,
    ran: &[String],
) -> Result<Vec<String>, HostError> {
    core.snapshot().daemon.unless_down()?;
    let link = core.link();
    reload::bring_back(core, &link, touched, ran).await
}

fn not_told(error: &HostError) -> String {
    format!(
        "fail2ban could not be told to load the old files ({}); it is told as soon as it answers",
        words(error)
    )
}

/// Writes down how far a change is, as far as the disk lets it: what is done next is right without it too.
pub(super) async fn note(store: &Store, intent: &Intent) {
    let (store, intent) = (store.clone(), intent.clone());
    if let Err(error) = on_disk(move || store.keep_intent(&intent)).await {
        tracing::error!(%error, "the journal of the configuration cannot be written");
    }
}

/// Keeps the version of a change that was put back, and ends its journal, or leaves in it that the daemon has still to be told.
pub(super) async fn finish(
    core: &Core,
    store: &Store,
    intent: Intent,
    version: &Version,
    owed: bool,
) {
    let (store, version) = (store.clone(), version.clone());
    let dir = core.config.config_dir.clone();
    let finished = on_disk(move || -> Result<(), ConfigError> {
        record::keep(&store, &dir, version)?;
        if owed {
            store.keep_intent(&Intent {
                phase: Phase::Owed,
                ..intent
            })
        } else {
            store.end_intent()
        }
    });
    if let Err(error) = finished.await {
        // The next start finds the journal as it is, and does this again.
        tracing::error!(%error, "what became of a change could not be written down");
    }
    if owed {
        core.configuration.owed.notify_one();
    }
}
