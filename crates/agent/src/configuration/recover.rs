//! What a start does about a change that the last one left half done. Nothing about the configuration is answered before.
use std::sync::Arc;

use domain::{
    ConfigError, Confirmation, DaemonState, HostError, PendingConfirmation, Version, VersionOrigin,
    VersionOutcome,
};

use super::{
    confirm, folder,
    journal::{Intent, Phase},
    record,
    state::nobody,
    steps::Steps,
    store::Store,
    undo,
};
use crate::{core::Core, mirror::on_disk, reload};

/// The pause before a daemon that went away again is told again.
const AGAIN: std::time::Duration = std::time::Duration::from_secs(2);

/// Puts right what was left half done, keeps the first version, and then tells the daemon what it has still to be told.
pub(crate) async fn recover(core: Arc<Core>) {
    let Ok(store) = core.configuration.store() else {
        core.configuration.set_recovered();
        return;
    };
    tokio::select! {
        () = core.cancel.cancelled() => return,
        done = put_right(&core, &store) => if let Err(error) = done {
            tracing::error!(%error, "what was left of a change could not be put right");
        },
    }
    core.configuration.set_recovered();
    pay_what_is_owed(&core, &store).await;
}

async fn put_right(core: &Arc<Core>, store: &Store) -> Result<(), ConfigError> {
    let journal = store.clone();
    let intent = on_disk(move || journal.intent()).await?;
    if let Some(intent) = intent {
        tracing::warn!(version = intent.version.0, phase = ?intent.phase, "a change was left half done");
        finish(core, store, intent).await?;
    }
    let (store, dir) = (store.clone(), core.config.config_dir.clone());
    let now = core.config.clock.now();
    on_disk(move || {
        if store.newest()?.is_none() {
            record::keep_outside(&store, &folder::read(&dir)?, &nobody(), now)?;
        }
        Ok(())
    })
    .await
}

async fn finish(core: &Arc<Core>, store: &Store, intent: Intent) -> Result<(), ConfigError> {
    match &intent.phase {
        Phase::Writing => {
            take_back(
                core,
                store,
                intent,
                "BanGUI ended while it applied this".to_owned(),
            )
            .await;
            Ok(())
        }
        Phase::Undoing { failed } => {
            let failed = failed.clone();
            take_back(core, store, intent, failed).await;
            Ok(())
        }
        Phase::Verified => complete(core, store, intent, None).await,
        Phase::Confirmed { by } => {
            let by = by.clone().unwrap_or_else(|| Confirmation {
                at: core.config.clock.now(),
                author: nobody(),
            });
            complete(core, store, intent, Some(by)).await
        }
        Phase::Waiting { confirm_by } => {
            let confirm_by = *confirm_by;
            wait_on(core, store, intent, confirm_by).await
        }
        Phase::Reverting { .. } => {
            let turn = core.configuration.wait_for_turn().await;
            let steps = Steps { core, turn: &turn };
            files_first(core, store, &intent).await;
            let _no_other_reload = core.reloading.lock().await;
            confirm::go_on(&steps, store, intent, true)
                .await
                .map(|_| ())
        }
        // Told as soon as it answers.
        Phase::Owed => Ok(()),
    }
}

/// Puts the old files back, and only then waits for the daemon: it may not answer for long.
async fn files_first(core: &Arc<Core>, store: &Store, intent: &Intent) {
    if let Err(problem) = undo::files(core, store, intent).await {
        tracing::error!(problem, "not all files could be put back");
    }
    first_answer(core).await;
}

/// Puts the old files and jails back.
async fn take_back(core: &Arc<Core>, store: &Store, intent: Intent, failed: String) {
    let turn = core.configuration.wait_for_turn().await;
    let steps = Steps { core, turn: &turn };
    files_first(core, store, &intent).await;
    let _no_other_reload = core.reloading.lock().await;
    let undone = undo::undo(&steps, store, &intent, &intent.touched).await;
    let at = core.config.clock.now();
    let version = Version {
        origin: VersionOrigin::Recovered,
        failed: Some(failed),
        undone: Some(undone.report.clone()),
        finished_at_start: true,
        ..record::of_intent(&intent, at, undone.outcome())
    };
    undo::finish(core, store, intent, &version, undone.owed).await;
}

/// Keeps a change that had been verified, or confirmed.
async fn complete(
    core: &Core,
    store: &Store,
    intent: Intent,
    confirmed: Option<Confirmation>,
) -> Result<(), ConfigError> {
    let (store, dir) = (store.clone(), core.config.config_dir.clone());
    let now = core.config.clock.now();
    on_disk(move || {
        let version = match store.version(intent.version) {
            Ok(kept) => Version {
                outcome: VersionOutcome::InForce,
                // One that waited had been told of already.
                finished_at_start: kept.finished_at_start || confirmed.is_none(),
                confirmed,
                ..kept
            },
            Err(ConfigError::VersionNotFound(_)) => Version {
                origin: VersionOrigin::Recovered,
                finished_at_start: true,
                confirmed,
                ..record::of_intent(&intent, now, VersionOutcome::InForce)
            },
            Err(error) => return Err(error),
        };
        if version.files.is_empty() {
            record::keep(&store, &dir, version)?;
        } else {
            store.keep_version(&version)?;
        }
        store.end_intent()
    })
    .await
}

/// Goes on waiting for the confirmation; when it is overdue, takes the change back at once.
async fn wait_on(
    core: &Arc<Core>,
    store: &Store,
    intent: Intent,
    confirm_by: domain::Timestamp,
) -> Result<(), ConfigError> {
    let (keep, dir) = (store.clone(), core.config.config_dir.clone());
    let (version, author) = (intent.version, intent.author.clone());
    let now = core.config.clock.now();
    on_disk(move || match keep.version(intent.version) {
        Err(ConfigError::VersionNotFound(_)) => {
            let outcome = VersionOutcome::WaitsForConfirmation;
            let version = Version {
                finished_at_start: true,
                ..record::of_intent(&intent, now, outcome)
            };
            record::keep(&keep, &dir, version).map(|_| ())
        }
        other => other.map(|_| ()),
    })
    .await?;
    core.configuration.set_pending(Some(PendingConfirmation {
        version,
        author,
        confirm_by,
    }));
    if now < confirm_by {
        confirm::watch(core);
        return Ok(());
    }
    first_answer(core).await;
    confirm::revert(core, version, None).await.map(|_| ())
}

/// Waits until it is known whether the daemon answers.
async fn first_answer(core: &Core) {
    let mut states = core.subscribe();
    // The sender lives as long as the core.
    let _ = states
        .wait_for(|state| state.daemon != DaemonState::Connecting)
        .await;
}

/// Whenever the daemon was not there to be told of files that were put back: tells it when it answers.
async fn pay_what_is_owed(core: &Arc<Core>, store: &Store) {
    loop {
        let mut states = core.subscribe();
        let up = states.wait_for(|state| matches!(state.daemon, DaemonState::Up { .. }));
        tokio::select! {
            () = core.cancel.cancelled() => return,
            _ = up => {}
        }
        let paid = pay(core, store).await;
        if let Err(error) = &paid {
            tracing::error!(%error, "fail2ban could not be told of the old files");
        }
        tokio::select! {
            () = core.cancel.cancelled() => return,
            () = core.configuration.owed.notified() => {}
            () = tokio::time::sleep(AGAIN), if paid.is_err() => {}
        }
    }
}

async fn pay(core: &Arc<Core>, store: &Store) -> Result<(), ConfigError> {
    let _turn = core.configuration.wait_for_turn().await;
    let journal = store.clone();
    let intent = on_disk(move || journal.intent()).await?;
    let Some(intent) = intent.filter(|intent| intent.phase == Phase::Owed) else {
        return Ok(());
    };
    let _no_other_reload = core.reloading.lock().await;
    let link = core.link();
    match reload::bring_back(core, &link, &intent.touched, &intent.ran).await {
        Ok(problems) if problems.is_empty() => tracing::info!("fail2ban runs the old files"),
        Ok(problems) => tracing::error!(?problems, "fail2ban does not run all of the old files"),
        Err(error @ HostError::Unavailable { .. }) => return Err(error.into()),
        // Trying again would not help: the old files are as they were, and fail2ban's client cannot read them.
        Err(error) => tracing::error!(%error, "fail2ban cannot load the old files"),
    }
    let store = store.clone();
    on_disk(move || store.end_intent()).await
}
