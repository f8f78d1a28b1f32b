//! `/hosts/{host}/log…` and `/hosts/{host}/daemon/…`: fail2ban's log, and fail2ban as a program.
use utoipa_axum::router::OpenApiRouter;

use crate::{
    permission::{acts, reads},
    state::{ReadState, WriteState},
};

mod flush;
mod log;
mod restart;

pub(super) fn reading() -> OpenApiRouter<ReadState> {
    OpenApiRouter::new().routes(reads!(log::show_log))
}

pub(super) fn acting() -> OpenApiRouter<WriteState> {
    OpenApiRouter::new()
        .routes(acts!(flush::flush_log))
        .routes(acts!(restart::restart_daemon))
}

#[cfg(test)]
mod tests;
