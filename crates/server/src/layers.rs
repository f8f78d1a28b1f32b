//! What happens to every request before and after its handler.
mod client;
mod cross_site;
mod headers;
mod problems;
mod request_id;
mod trace;

use std::sync::Arc;

use axum::{Router, extract::DefaultBodyLimit, middleware};
use tower_http::{
    catch_panic::CatchPanicLayer,
    request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer},
    trace::TraceLayer,
};

use crate::{MAX_BODY_BYTES, state::ServerSettings};

/// Puts all layers around routes. A request meets them from the last to the first.
pub(crate) fn around(routes: Router, settings: Arc<ServerSettings>) -> Router {
    routes
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .layer(middleware::from_fn_with_state(
            Arc::clone(&settings),
            cross_site::refuse_cross_site,
        ))
        // Inside the headers and the problems, so that an answer after a panic has both.
        .layer(CatchPanicLayer::new())
        .layer(middleware::from_fn(headers::security_headers))
        .layer(middleware::from_fn(problems::render_problems))
        .layer(middleware::from_fn_with_state(
            settings,
            client::find_client,
        ))
        .layer(PropagateRequestIdLayer::x_request_id())
        .layer(
            TraceLayer::new_for_http()
                .make_span_with(trace::request_span)
                .on_request(())
                .on_response(trace::log_answer)
                .on_failure(()),
        )
        .layer(SetRequestIdLayer::x_request_id(MakeRequestUuid))
        .layer(middleware::map_request(request_id::keep_plain_request_id))
}

#[cfg(test)]
mod tests;
