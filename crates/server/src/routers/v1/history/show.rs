//! `GET /api/v1/history/{id}`
use axum::{Json, extract::State};
use domain::EventId;
use serde::Serialize;
use utoipa::ToSchema;

use super::EventBody;
use crate::{
    extract::Segments,
    permission::{Caller, HistoryRead},
    problem::{Code, Problem},
    state::ReadState,
};

/// An event with what led to it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct EventDetailBody {
    /// The event.
    event: EventBody,
    /// The log lines that led to it. Hostile text.
    lines: Vec<String>,
}

/// One event with the log lines that led to it.
#[utoipa::path(
    get,
    path = "/history/{id}",
    tag = "history",
    params(("id" = String, Path, description = "Name of the event")),
    responses((status = 200, body = EventDetailBody), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("session" = ["history:read"]))
)]
pub(super) async fn show_event(
    _: Caller<HistoryRead>,
    State(state): State<ReadState>,
    Segments(id): Segments<String>,
) -> Result<Json<EventDetailBody>, Problem> {
    let id = id.parse().map_err(|_| Problem::new(Code::EventNotFound))?;
    let found = state.history.event(EventId(id)).await?;
    let mut event = found.ok_or(Problem::new(Code::EventNotFound))?;
    let lines = std::mem::take(&mut event.what.lines);
    Ok(Json(EventDetailBody {
        event: EventBody::new(event, state.places.as_ref()),
        lines,
    }))
}
