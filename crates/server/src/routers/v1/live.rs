//! `GET /api/v1/live`
mod frames;

use std::convert::Infallible;

use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, HeaderValue, header},
    response::Response,
};
use domain::EventId;
use futures_util::StreamExt as _;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;

pub(crate) use frames::Frames;

use crate::{
    extract::{Params, session_token},
    permission::{Caller, LiveRead, reads},
    problem::{Code, Problem},
    services::live::{self, Listener},
    state::ReadState,
};

/// After how many seconds to try again when all seats are taken.
const RETRY_SECONDS: u64 = 30;

pub(super) fn reading() -> OpenApiRouter<ReadState> {
    OpenApiRouter::new().routes(reads!(live_feed))
}

/// Where to go on.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct LiveParams {
    /// The id of the last event that is known; `Last-Event-ID` wins.
    after: Option<String>,
}

/// What happens, as it happens.
///
/// Server-sent events. `hello` (`{lastEventId}`) comes first, then the `status` of the host, then what was missed since `Last-Event-ID` or `after`. `history` is an
/// array of at most 100 `EventBody` of one stored batch, with the id of the newest stored event as its id; `more` (`{more}`) says how many others the batch had. An event comes again when more is
/// known of it. `status` is a `HostStatusBody`, at most once a second. `behind` says that more happened than is told one by one (1,000 events): load anew. `ping` comes
/// every 15 seconds. The stream ends when the session ends, looked at with each ping, and when the server stops. Listening is no use of the session.
#[utoipa::path(
    get,
    path = "/live",
    tag = "live",
    params(
        LiveParams,
        ("last-event-id" = Option<String>, Header, description = "The id that was received last; browsers send it by themselves")
    ),
    responses((status = 200, body = String, content_type = "text/event-stream"), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("session" = ["live:read"]))
)]
pub(super) async fn live_feed(
    caller: Caller<LiveRead>,
    State(state): State<ReadState>,
    headers: HeaderMap,
    Params(params): Params<LiveParams>,
) -> Result<Response, Problem> {
    let known = headers
        .get("last-event-id")
        .and_then(|value| value.to_str().ok());
    let after = known
        .or(params.after.as_deref())
        .filter(|text| !text.is_empty())
        .map(event_id)
        .transpose()?;
    let seat = state
        .live
        .seat(&caller.identity.session.id)
        .map_err(|_| Problem::new(Code::TooManyStreams).retry_after(RETRY_SECONDS))?;
    let listener = Listener {
        token: session_token(&headers, caller.client.secure)
            .ok_or(Problem::new(Code::Unauthenticated))?,
        gate: state.gate,
        after,
    };
    let frames = live::stream(&state.live, state.history.as_ref(), seat, listener).await?;
    let mut response = Response::new(Body::from_stream(frames.map(Ok::<_, Infallible>)));
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/event-stream"),
    );
    // nginx would keep messages back until its buffer is full.
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    Ok(response)
}

fn event_id(text: &str) -> Result<EventId, Problem> {
    text.parse().map(EventId).map_err(|_| {
        Problem::invalid(
            "after",
            "not-an-event",
            "write the id of an event, as a message had it",
        )
    })
}

#[cfg(test)]
mod tests;
