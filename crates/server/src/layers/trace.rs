//! What the log says about each request. Never its query, its headers or its body: they hold what people look for, and secrets.
use std::time::Duration;

use axum::{extract::Request, response::Response};
use tracing::Span;

use super::request_id::request_id;

/// Everything that is logged during a request carries its id and its path.
pub(crate) fn request_span<B>(request: &Request<B>) -> Span {
    tracing::info_span!(
        "request",
        request.id = request_id(request).unwrap_or_default(),
        http.method = %request.method(),
        url.path = request.uri().path(),
    )
}

/// One line for each answer. Tabs that ask every other second would fill a log, so that only failures are above `debug`.
pub(crate) fn log_answer<B>(response: &Response<B>, latency: Duration, _: &Span) {
    let status = response.status().as_u16();
    let duration_ms = u64::try_from(latency.as_millis()).unwrap_or(u64::MAX);
    if response.status().is_server_error() {
        tracing::warn!(http.status = status, duration_ms, "answered");
    } else {
        tracing::debug!(http.status = status, duration_ms, "answered");
    }
}
