//! `/hosts/{host}/own-bans`: bans of BanGUI's own table, without a jail.
use utoipa_axum::router::OpenApiRouter;

use crate::{
    permission::{acts, reads},
    state::{ReadState, WriteState},
};

mod change;
mod list;
mod look;

pub(super) use list::OwnBanBody;

pub(super) fn reading() -> OpenApiRouter<ReadState> {
    OpenApiRouter::new()
        .routes(reads!(list::list_own_bans))
        .routes(reads!(look::look_at_networks))
}

pub(super) fn acting() -> OpenApiRouter<WriteState> {
    OpenApiRouter::new()
        .routes(acts!(change::create_own_bans))
        .routes(acts!(change::end_own_bans))
}

#[cfg(test)]
mod tests;
