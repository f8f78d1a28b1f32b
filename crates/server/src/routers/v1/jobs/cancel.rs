//! `DELETE /api/v1/jobs/{id}`
use axum::{extract::State, http::StatusCode};

use crate::{
    extract::Segments,
    permission::{BansWrite, Caller},
    problem::Problem,
    state::WriteState,
};

/// Asks a job to end after its current step. What is done stays done; a job that has ended stays as it ended.
#[utoipa::path(
    delete,
    path = "/jobs/{id}",
    tag = "bans",
    params(("id" = String, Path, description = "Name of the job")),
    responses((status = 204, description = "It ends"), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("session" = ["bans:write"]))
)]
pub(super) async fn cancel_job(
    _: Caller<BansWrite>,
    State(state): State<WriteState>,
    Segments(id): Segments<String>,
) -> Result<StatusCode, Problem> {
    state.runner.cancel(&id)?;
    Ok(StatusCode::NO_CONTENT)
}
