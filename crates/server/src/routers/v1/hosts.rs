//! `/hosts/{host}/…`: what concerns one machine and its jails.
use utoipa_axum::router::OpenApiRouter;

use crate::{
    permission::{acts, reads},
    state::{ReadState, WriteState},
};

mod control;
mod health;
mod ignore;
mod ignore_self;
mod jail;
mod jail_settings;
mod jails;
mod reload;
mod status;

pub(super) use control::EmptyRequest;
pub(super) use jails::JailStateName;
pub(super) use status::{DaemonBody, HostStatusBody};

pub(super) fn reading() -> OpenApiRouter<ReadState> {
    OpenApiRouter::new()
        .routes(reads!(status::host_status))
        .routes(reads!(jails::list_jails))
        .routes(reads!(jail::show_jail))
        .routes(reads!(health::jail_health))
}

pub(super) fn acting() -> OpenApiRouter<WriteState> {
    OpenApiRouter::new()
        .routes(acts!(control::start_jail))
        .routes(acts!(control::stop_jail))
        .routes(acts!(control::restart_jail))
        .routes(acts!(control::idle_jail))
        .routes(acts!(control::resume_jail))
        .routes(acts!(reload::reload_jail))
        .routes(acts!(reload::reload_all))
        .routes(acts!(jail_settings::change_settings))
        .routes(acts!(ignore::add_ignore))
        .routes(acts!(ignore::remove_ignore))
        .routes(acts!(ignore_self::set_ignore_self))
}

#[cfg(test)]
mod tests;
