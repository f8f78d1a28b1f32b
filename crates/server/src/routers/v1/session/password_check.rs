//! `POST /api/v1/session/password-check`
use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    extract::Body,
    permission::{Caller, OwnAccount},
    problem::Problem,
    services::{passwords::Password, sessions},
    state::WriteState,
};

/// The password, once more.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PasswordCheckRequest {
    /// The password of the account.
    #[schema(value_type = String)]
    password: Password,
}

/// The session counts as freshly checked.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PasswordCheckBody {
    /// Until when.
    fresh_until: String,
}

/// Checks the password once more: for ten minutes, this session may change what runs commands as root.
#[utoipa::path(
    post,
    path = "/session/password-check",
    tag = "session",
    request_body = PasswordCheckRequest,
    responses((status = 200, body = PasswordCheckBody), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("session" = ["own-account"]))
)]
pub(super) async fn check_password(
    caller: Caller<OwnAccount>,
    State(state): State<WriteState>,
    Body(request): Body<PasswordCheckRequest>,
) -> Result<Json<PasswordCheckBody>, Problem> {
    let until =
        sessions::check_password(&state, &caller.identity, &caller.author(), request.password)
            .await?;
    Ok(Json(PasswordCheckBody {
        fresh_until: until.to_string(),
    }))
}

#[cfg(test)]
mod tests;
