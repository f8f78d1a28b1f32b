//! `DELETE /api/v1/sessions`
use axum::{
    Json,
    extract::State,
    response::{IntoResponse as _, Response},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    extract::Params,
    permission::{Caller, OwnAccount},
    problem::Problem,
    routers::v1::session::cookie,
    services::sessions,
    state::WriteState,
};

/// Which sessions are meant.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct RevokeSessionsParams {
    keep_current: bool,
}

/// How many sessions ended.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RevokedSessions {
    /// How many.
    revoked: u64,
}

/// Ends all sessions of one's own account, at once; on request all but the one in use.
#[utoipa::path(
    delete,
    path = "/sessions",
    tag = "session",
    params(("keepCurrent" = bool, Query, description = "Whether the session in use goes on")),
    responses((status = 200, body = RevokedSessions), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("session" = ["own-account"]))
)]
pub(super) async fn revoke_sessions(
    caller: Caller<OwnAccount>,
    State(state): State<WriteState>,
    Params(params): Params<RevokeSessionsParams>,
) -> Result<Response, Problem> {
    let keep = params.keep_current;
    let revoked = sessions::revoke_all(&state, &caller.identity, &caller.author(), keep).await?;
    let body = Json(RevokedSessions { revoked });
    if keep {
        return Ok(body.into_response());
    }
    let cleared = cookie::clear(&caller.client, &state.reads.settings);
    Ok((cleared, body).into_response())
}
