//! `/setup`: the wizard of the first start. Everybody may ask whether it has been finished; the rest is for whoever holds the setup token, or sits at the
//! machine, until it has.
use axum::{
    extract::DefaultBodyLimit,
    http::{HeaderMap, HeaderName},
};
use utoipa_axum::router::OpenApiRouter;

use crate::{
    permission::{acts, reads},
    services::setup::TOKEN_HEADER,
    state::{ReadState, WriteState},
};

mod complete;
mod connection_test;
mod connections;
mod status;

pub(super) fn reading() -> OpenApiRouter<ReadState> {
    OpenApiRouter::new()
        .routes(reads!(status::setup_status))
        .routes(reads!(connections::setup_connections))
        .routes(reads!(connection_test::test_connection))
        .layer(DefaultBodyLimit::max(super::SMALL_BODY_BYTES))
}

pub(super) fn acting() -> OpenApiRouter<WriteState> {
    OpenApiRouter::new()
        .routes(acts!(complete::complete_setup))
        .layer(DefaultBodyLimit::max(super::SMALL_BODY_BYTES))
}

/// The setup token that was shown. One that is no text is shown as a wrong one.
fn shown_token(headers: &HeaderMap) -> Option<&str> {
    headers
        .get(HeaderName::from_static(TOKEN_HEADER))
        .map(|token| token.to_str().unwrap_or_default())
}
