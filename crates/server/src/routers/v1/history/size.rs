//! `GET /api/v1/history/size`
use axum::{Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    permission::{Caller, HistoryRead},
    problem::Problem,
    services::settings,
    state::ReadState,
};

/// How much is kept.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct HistorySizeBody {
    /// Events.
    events: u64,
    /// When the oldest one happened; `null` when there is none.
    oldest: Option<String>,
    /// Bytes of the whole database with its log.
    bytes: u64,
    /// After how many days events are removed. What was counted is kept.
    retention_days: u16,
}

/// How much history is kept, and for how long.
#[utoipa::path(
    get,
    path = "/history/size",
    tag = "history",
    responses((status = 200, body = HistorySizeBody), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("session" = ["history:read"]))
)]
pub(super) async fn history_size(
    _: Caller<HistoryRead>,
    State(state): State<ReadState>,
) -> Result<Json<HistorySizeBody>, Problem> {
    let settings = settings::current(&state).await?;
    let size = state.history.history_size().await?;
    Ok(Json(HistorySizeBody {
        events: size.events,
        oldest: size.oldest.map(|at| at.to_string()),
        bytes: size.bytes,
        retention_days: settings.retention_days,
    }))
}
