//! Two of the agent's tasks: one asks the daemon, one reads which jails the configuration enables.
use std::{sync::Arc, time::Duration};

use crate::{core::Core, reload};

/// Asks the daemon, rests, and asks again, until told to stop. Never more than one question is under way.
pub(crate) async fn daemon(core: Arc<Core>) {
    loop {
        let link = core.link();
        tokio::select! {
            () = core.cancel.cancelled() => return,
            () = link.retired.cancelled() => continue,
            // What went wrong stands in the snapshot.
            _ = core.poll(&link) => {}
        }
        if !rest(&core, core.config.poll_interval, &core.wake).await {
            return;
        }
    }
}

/// Reads from time to time which jails the configuration enables.
pub(crate) async fn configuration(core: Arc<Core>) {
    loop {
        tokio::select! {
            () = core.cancel.cancelled() => return,
            () = reload::read_enabled(&core) => {}
        }
        let pause = core.config.timeouts.enabled_jails;
        if !rest(&core, pause, &core.wake_enabled).await {
            return;
        }
    }
}

/// Waits; answers `false` when it is time to end.
async fn rest(core: &Core, pause: Duration, wake: &tokio::sync::Notify) -> bool {
    tokio::select! {
        () = core.cancel.cancelled() => false,
        () = wake.notified() => true,
        () = tokio::time::sleep(pause) => true,
    }
}
