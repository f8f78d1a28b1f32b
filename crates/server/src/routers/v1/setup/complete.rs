//! `POST /api/v1/setup`
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use domain::DEFAULT_RETENTION_DAYS;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{shown_token, status::SetupStatus};
use crate::{
    extract::Body,
    permission::Visitor,
    problem::Problem,
    services::{passwords::Password, settings::Proposed, setup},
    state::WriteState,
};

/// What the wizard has asked.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct SetupRequest {
    /// The password of the account `admin`: 12 to 256 characters.
    #[schema(value_type = String, min_length = 12, max_length = 256)]
    password: Password,
    /// In which zone the page shows times, such as `Europe/Berlin`.
    time_zone: String,
    /// After how many seconds without use a session ends: 5 minutes to 30 days.
    #[schema(minimum = 300, maximum = 2_592_000)]
    session_idle_seconds: i64,
    /// After how many seconds a session ends in any case: at most 90 days, not less than without use.
    #[schema(minimum = 300, maximum = 7_776_000)]
    session_absolute_seconds: i64,
    /// The daemon's socket; `null` is the one that the program was started with.
    socket: Option<String>,
}

/// Finishes the wizard: makes the account `admin` and keeps the settings. Once; afterwards it answers `setup-completed`.
#[utoipa::path(
    post,
    path = "/setup",
    tag = "setup",
    params(("x-setup-token" = Option<String>, Header, description = "The setup token, where it is required")),
    request_body = SetupRequest,
    responses((status = 201, body = SetupStatus), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(super) async fn complete_setup(
    visitor: Visitor,
    State(state): State<WriteState>,
    headers: HeaderMap,
    Body(request): Body<SetupRequest>,
) -> Result<(StatusCode, Json<SetupStatus>), Problem> {
    setup::admit(&state.reads, &visitor.client, shown_token(&headers)).await?;
    let proposed = Proposed {
        time_zone: request.time_zone,
        session_idle_seconds: request.session_idle_seconds,
        session_absolute_seconds: request.session_absolute_seconds,
        socket: request.socket,
        retention_days: DEFAULT_RETENTION_DAYS,
        online_lookups: false,
        blocked_connections_stay: false,
    };
    setup::complete(&state, &visitor.client, request.password, proposed).await?;
    Ok((StatusCode::CREATED, Json(SetupStatus::finished())))
}

#[cfg(test)]
mod tests;
