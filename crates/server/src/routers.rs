//! HTTP only: extract, call one service, map the answer. `GET` handlers are handed [`ReadState`], in which nothing can write.
mod attachment;
pub(crate) mod health;
pub(crate) mod page;
pub(crate) mod v1;

use axum::Router;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

use crate::state::{ReadState, WriteState};

/// All routes of the API with their description, without the layers around them.
pub(crate) fn api(reads: ReadState, writes: WriteState) -> (Router, OpenApi) {
    let (reading, mut document) = v1::reading().split_for_parts();
    let (acting, more) = v1::acting().split_for_parts();
    document.merge(more);
    let router = Router::new()
        .merge(reading.with_state(reads))
        .merge(acting.with_state(writes));
    (router, document)
}

/// The routes of both halves, for the document alone.
pub(crate) fn described() -> (OpenApiRouter<ReadState>, OpenApiRouter<WriteState>) {
    (v1::reading(), v1::acting())
}
