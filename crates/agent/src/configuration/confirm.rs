//! Changes that revert by themselves unless somebody confirms them. The time is on the disk, so the death of BanGUI does not stop it.
use std::{sync::Arc, time::Duration};

use domain::{
    ConfigAuthor, ConfigError, Confirmation, Version, VersionId, VersionOrigin, VersionOutcome,
};

use super::{
    journal::{Intent, Phase},
    record,
    state::nobody,
    steps::Steps,
    store::Store,
    undo,
};
use crate::{core::Core, mirror::on_disk};

/// How often the clock is looked at while a change waits: it may be set.
const LOOK: Duration = Duration::from_secs(5);

/// The pause before a revert that failed is tried again.
const AGAIN: Duration = Duration::from_secs(10);

/// Keeps a change that waits.
pub(super) async fn confirm(
    core: Arc<Core>,
    version: VersionId,
    author: ConfigAuthor,
) -> Result<Version, ConfigError> {
    core.configuration.recovered().await;
    let store = core.configuration.store()?;
    let _turn = core.configuration.wait_for_turn().await;
    let mut intent = waiting(&store, version).await?;
    let by = Confirmation {
        at: core.config.clock.now(),
        author,
    };
    intent.phase = Phase::Confirmed {
        by: Some(by.clone()),
    };
    let confirmed = on_disk(move || -> Result<Version, ConfigError> {
        store.keep_intent(&intent)?;
        let version = Version {
            outcome: VersionOutcome::InForce,
            confirmed: Some(by),
            ..store.version(intent.version)?
        };
        store.keep_version(&version)?;
        store.end_intent()?;
        Ok(version)
    })
    .await?;
    core.configuration.set_pending(None);
    tracing::info!(
        version = version.0,
        "a change of the configuration was confirmed"
    );
    Ok(confirmed)
}

/// Takes a change back that waits: somebody's order, or (`None`) because the time is over.
pub(super) async fn revert(
    core: &Arc<Core>,
    version: VersionId,
    by: Option<&ConfigAuthor>,
) -> Result<Version, ConfigError> {
    let store = core.configuration.store()?;
    let turn = core.configuration.wait_for_turn().await;
    let mut intent = waiting(&store, version).await?;
    let _no_other_reload = core.reloading.lock().await;
    let next = store.clone();
    intent.phase = Phase::Reverting {
        by: by.cloned(),
        version: on_disk(move || next.next_version()).await?,
    };
    undo::note(&store, &intent).await;
    let steps = Steps { core, turn: &turn };
    go_on(&steps, &store, intent, false).await
}

/// Does what a revert has still to do, maybe at a start that found it half done. The caller holds the lock of reloads.
pub(super) async fn go_on(
    steps: &Steps<'_>,
    store: &Store,
    intent: Intent,
    at_start: bool,
) -> Result<Version, ConfigError> {
    let core = steps.core;
    let Phase::Reverting { by, version } = intent.phase.clone() else {
        return Err(ConfigError::NothingPending);
    };
    let undone = undo::undo(steps, store, &intent, &intent.touched).await;
    let (keep, old) = (store.clone(), intent.version);
    let marked = on_disk(move || {
        let taken_back = Version {
            outcome: VersionOutcome::Reverted,
            ..keep.version(old)?
        };
        keep.keep_version(&taken_back)
    });
    if let Err(error) = marked.await {
        tracing::error!(%error, "a version could not be marked as reverted");
    }
    let outcome = if undone.well {
        VersionOutcome::InForce
    } else {
        VersionOutcome::Broken
    };
    let reverted = Version {
        author: by.unwrap_or_else(nobody),
        outcome,
        touched: intent.files.iter().map(|file| file.path.clone()).collect(),
        undone: Some(undone.report),
        finished_at_start: at_start,
        ..record::draft(version, core.config.clock.now(), VersionOrigin::Reverted)
    };
    undo::finish(core, store, intent, &reverted, undone.owed).await;
    core.configuration.set_pending(None);
    tracing::info!(
        version = old.0,
        "a change of the configuration was taken back"
    );
    let store = store.clone();
    on_disk(move || store.version(version)).await
}

/// The change that waits, if it is this one.
async fn waiting(store: &Store, version: VersionId) -> Result<Intent, ConfigError> {
    let store = store.clone();
    let intent = on_disk(move || store.intent()).await?;
    intent
        .filter(|intent| intent.version == version)
        .filter(|intent| matches!(intent.phase, Phase::Waiting { .. }))
        .ok_or(ConfigError::NothingPending)
}

/// Watches the time of a change that waits, on a task of the agent's.
pub(super) fn watch(core: &Arc<Core>) {
    core.tracker.spawn(until_overdue(core.clone()));
}

async fn until_overdue(core: Arc<Core>) {
    while let Some(pending) = core.configuration.pending() {
        let left = pending.confirm_by.millis_since(core.config.clock.now());
        let pause = match u64::try_from(left) {
            Ok(left) if left > 0 => Duration::from_millis(left).min(LOOK),
            _ => {
                tracing::warn!(
                    version = pending.version.0,
                    "nobody confirmed a change in time"
                );
                match revert(&core, pending.version, None).await {
                    Ok(_) | Err(ConfigError::NothingPending) => return,
                    Err(error) => {
                        tracing::error!(%error, "a change could not be taken back");
                        AGAIN
                    }
                }
            }
        };
        tokio::select! {
            // The time is on the disk: the next start goes on.
            () = core.cancel.cancelled() => return,
            () = tokio::time::sleep(pause) => {}
        }
    }
}
