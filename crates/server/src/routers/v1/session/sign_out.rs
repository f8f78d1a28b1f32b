//! `DELETE /api/v1/session`
use axum::{extract::State, http::StatusCode};

use super::cookie::{self, SetCookie};
use crate::{
    permission::{Caller, OwnAccount},
    problem::{Code, Problem},
    services::sessions,
    state::WriteState,
};

/// Ends the session in use, at once.
#[utoipa::path(
    delete,
    path = "/session",
    tag = "session",
    responses((status = 204, description = "Signed out"), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("session" = ["own-account"]))
)]
pub(super) async fn sign_out(
    caller: Caller<OwnAccount>,
    State(state): State<WriteState>,
) -> Result<(StatusCode, SetCookie), Problem> {
    let who = &caller.identity;
    match sessions::revoke(&state, who, &caller.author(), &who.session.id).await {
        // Somebody else ended it a moment ago, which is what was asked.
        Err(problem) if problem.code() != Code::SessionNotFound => Err(problem),
        _ => Ok((
            StatusCode::NO_CONTENT,
            cookie::clear(&caller.client, &state.reads.settings),
        )),
    }
}
