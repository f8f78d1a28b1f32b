//! `PUT /api/v1/session/password`
use axum::{extract::State, http::StatusCode};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    extract::Body,
    permission::{Caller, OwnAccount},
    problem::Problem,
    services::{passwords::Password, sessions},
    state::WriteState,
};

/// Another password.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct PasswordRequest {
    /// The password until now.
    #[schema(value_type = String)]
    current_password: Password,
    /// The password from now on: 12 to 256 characters.
    #[schema(value_type = String, min_length = 12, max_length = 256)]
    new_password: Password,
}

/// Sets another password, which ends every session of the account but the one in use.
#[utoipa::path(
    put,
    path = "/session/password",
    tag = "session",
    request_body = PasswordRequest,
    responses((status = 204, description = "Changed"), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("session" = ["own-account"]))
)]
pub(super) async fn change_password(
    caller: Caller<OwnAccount>,
    State(state): State<WriteState>,
    Body(request): Body<PasswordRequest>,
) -> Result<StatusCode, Problem> {
    sessions::change_password(
        &state,
        &caller.identity,
        &caller.author(),
        request.current_password,
        request.new_password,
    )
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

#[cfg(test)]
mod tests;
