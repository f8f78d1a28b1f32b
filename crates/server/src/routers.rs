//! HTTP only: extract, call one service, map the answer. `GET` handlers are handed [`ReadState`], in which nothing can write.
mod attachment;
pub(crate) mod health;
pub(crate) mod page;
pub(crate) mod v1;

use axum::Router;
use utoipa_axum::router::OpenApiRouter;

use crate::state::{ReadState, WriteState};

/// All routes of the API, without the layers around them.
pub(crate) fn api(reads: ReadState, writes: WriteState) -> Router {
    let (reading, acting) = described();
    Router::new()
        .merge(Router::from(reading).with_state(reads))
        .merge(Router::from(acting).with_state(writes))
}

/// The routes of both halves with their description.
pub(crate) fn described() -> (OpenApiRouter<ReadState>, OpenApiRouter<WriteState>) {
    (v1::reading(), v1::acting())
}
