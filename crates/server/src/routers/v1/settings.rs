//! `/settings`
use axum::extract::DefaultBodyLimit;
use utoipa_axum::router::OpenApiRouter;

use crate::{
    permission::{acts, reads},
    state::{ReadState, WriteState},
};

mod change;
mod show;

pub(super) fn reading() -> OpenApiRouter<ReadState> {
    OpenApiRouter::new().routes(reads!(show::show_settings))
}

pub(super) fn acting() -> OpenApiRouter<WriteState> {
    OpenApiRouter::new()
        .routes(acts!(change::change_settings))
        .layer(DefaultBodyLimit::max(super::SMALL_BODY_BYTES))
}

#[cfg(test)]
mod tests;
