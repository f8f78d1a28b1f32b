//! `/sessions`: every session of one's own account.
use utoipa_axum::router::OpenApiRouter;

use crate::{
    permission::{acts, reads},
    state::{ReadState, WriteState},
};

mod list;
mod revoke;
mod revoke_all;

pub(super) use list::SessionBody;

pub(super) fn reading() -> OpenApiRouter<ReadState> {
    OpenApiRouter::new().routes(reads!(list::list_sessions))
}

pub(super) fn acting() -> OpenApiRouter<WriteState> {
    OpenApiRouter::new()
        .routes(acts!(revoke::revoke_session))
        .routes(acts!(revoke_all::revoke_sessions))
}

#[cfg(test)]
mod tests;
