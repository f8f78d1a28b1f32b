//! Version 1 of the API.
use utoipa_axum::router::OpenApiRouter;

use crate::state::{ReadState, WriteState};

mod addresses;
mod allowlist;
mod audit;
mod bans;
mod blocklists;
mod config;
mod daemon;
mod firewall;
mod geo;
mod history;
mod hosts;
mod jobs;
mod laboratory;
pub(crate) mod live;
mod own_bans;
mod session;
mod sessions;
mod settings;
mod setup;
mod stats;
mod tasks;

/// The largest body of endpoints that take a few values: most are open to strangers, who need not be listened to for megabytes.
const SMALL_BODY_BYTES: usize = 64 * 1024;

/// Routes that only read.
pub(crate) fn reading() -> OpenApiRouter<ReadState> {
    OpenApiRouter::new()
        .merge(setup::reading())
        .merge(session::reading())
        .merge(sessions::reading())
        .merge(settings::reading())
        .merge(hosts::reading())
        .merge(config::reading())
        .merge(laboratory::reading())
        .merge(daemon::reading())
        .merge(bans::reading())
        .merge(own_bans::reading())
        .merge(blocklists::reading())
        .merge(allowlist::reading())
        .merge(firewall::reading())
        .merge(jobs::reading())
        .merge(audit::reading())
        .merge(history::reading())
        .merge(live::reading())
        .merge(geo::reading())
        .merge(stats::reading())
        .merge(addresses::reading())
        .merge(tasks::reading())
}

/// Routes that change something.
pub(crate) fn acting() -> OpenApiRouter<WriteState> {
    OpenApiRouter::new()
        .merge(setup::acting())
        .merge(session::acting())
        .merge(sessions::acting())
        .merge(settings::acting())
        .merge(hosts::acting())
        .merge(config::acting())
        .merge(laboratory::acting())
        .merge(daemon::acting())
        .merge(bans::acting())
        .merge(own_bans::acting())
        .merge(blocklists::acting())
        .merge(allowlist::acting())
        .merge(firewall::acting())
        .merge(jobs::acting())
        .merge(audit::acting())
        .merge(addresses::acting())
        .merge(tasks::acting())
}
