//! `/allowlist`: who is never blocked.
use utoipa_axum::router::OpenApiRouter;

use crate::{
    permission::{acts, reads},
    state::{ReadState, WriteState},
};

mod change;
mod list;

pub(super) use list::AllowEntryBody;

pub(super) fn reading() -> OpenApiRouter<ReadState> {
    OpenApiRouter::new().routes(reads!(list::list_allowed))
}

pub(super) fn acting() -> OpenApiRouter<WriteState> {
    OpenApiRouter::new()
        .routes(acts!(change::add_allowed))
        .routes(acts!(change::change_allowed))
        .routes(acts!(change::remove_allowed))
}

#[cfg(test)]
mod tests;
