//! `DELETE /api/v1/sessions/{id}`
use axum::{extract::State, http::StatusCode};
use domain::SessionId;

use crate::{
    extract::Segments,
    permission::{Caller, OwnAccount},
    problem::Problem,
    services::sessions,
    state::WriteState,
};

/// Ends one session of one's own account, at once.
#[utoipa::path(
    delete,
    path = "/sessions/{id}",
    tag = "session",
    params(("id" = String, Path, description = "The session, as the list names it")),
    responses((status = 204, description = "Ended"), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("session" = ["own-account"]))
)]
pub(super) async fn revoke_session(
    caller: Caller<OwnAccount>,
    State(state): State<WriteState>,
    Segments(id): Segments<String>,
) -> Result<StatusCode, Problem> {
    let session = SessionId(id);
    sessions::revoke(&state, &caller.identity, &caller.author(), &session).await?;
    Ok(StatusCode::NO_CONTENT)
}
