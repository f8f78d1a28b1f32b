//! `POST /api/v1/session`
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode, header},
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    cookie::{self, SetCookie},
    current::CurrentSession,
};
use crate::{
    extract::Body,
    permission::Visitor,
    problem::Problem,
    services::{
        passwords::Password,
        sign_in::{self, Attempt},
    },
    state::WriteState,
};

/// Who wants to sign in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignInRequest {
    /// The name of the account.
    name: String,
    /// The password of the account.
    #[schema(value_type = String)]
    password: Password,
}

/// Begins a session, whose token comes in a cookie. Too many attempts from an address or at an account are refused for a while.
#[utoipa::path(
    post,
    path = "/session",
    tag = "session",
    request_body = SignInRequest,
    responses((status = 201, body = CurrentSession), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(super) async fn sign_in(
    visitor: Visitor,
    State(state): State<WriteState>,
    headers: HeaderMap,
    Body(request): Body<SignInRequest>,
) -> Result<(StatusCode, SetCookie, Json<CurrentSession>), Problem> {
    let user_agent = headers
        .get(header::USER_AGENT)
        .map(|name| String::from_utf8_lossy(name.as_bytes()).into_owned())
        .unwrap_or_default();
    let attempt = Attempt {
        name: request.name,
        password: request.password,
        user_agent,
    };
    let begun = sign_in::sign_in(&state, &visitor.client, attempt).await?;
    let server = &state.reads.settings;
    let seconds = begun.settings.session_absolute_seconds;
    let cookie = cookie::set(&visitor.client, server, begun.token, seconds);
    let body = CurrentSession::new(
        (&begun.user.name, begun.user.role),
        begun.session,
        &begun.settings,
        &state.reads,
    );
    Ok((StatusCode::CREATED, cookie, Json(body)))
}

#[cfg(test)]
mod tests;
