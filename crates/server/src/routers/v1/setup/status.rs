//! `GET /api/v1/setup`
use axum::{Json, extract::State, http::HeaderMap};
use domain::{HostId, TimeZoneName};
use serde::Serialize;
use utoipa::ToSchema;

use super::shown_token;
use crate::{
    permission::Visitor,
    problem::{Code, Problem},
    services::setup,
    state::ReadState,
};

/// How far the wizard is.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SetupStatus {
    /// Whether it has been finished, which is final.
    pub(super) completed: bool,
    /// Whether this visitor must show the setup token, which the server prints when it starts.
    pub(super) token_required: bool,
    /// What to propose; `null` when the wizard has been finished or the token is missing.
    pub(super) defaults: Option<SetupDefaults>,
}

/// What the wizard proposes.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SetupDefaults {
    /// The machine's time zone.
    time_zone: String,
    /// After how many seconds without use a session ends.
    session_idle_seconds: i64,
    /// After how many seconds a session ends in any case.
    session_absolute_seconds: i64,
    /// The daemon's socket that the program was started with.
    socket: String,
}

impl SetupStatus {
    pub(super) const fn finished() -> Self {
        Self {
            completed: true,
            token_required: false,
            defaults: None,
        }
    }
}

/// How far the wizard is, and what it proposes to whoever may finish it.
#[utoipa::path(
    get,
    path = "/setup",
    tag = "setup",
    params(("x-setup-token" = Option<String>, Header, description = "The setup token, where it is required")),
    responses((status = 200, body = SetupStatus), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(super) async fn setup_status(
    visitor: Visitor,
    State(state): State<ReadState>,
    headers: HeaderMap,
) -> Result<Json<SetupStatus>, Problem> {
    let token = shown_token(&headers);
    let token_required = setup::needs_token(&visitor.client);
    match setup::admit(&state, &visitor.client, token).await {
        Ok(()) => {}
        Err(problem) if problem.code() == Code::SetupCompleted => {
            return Ok(Json(SetupStatus::finished()));
        }
        Err(_) if token.is_none() => {
            return Ok(Json(SetupStatus {
                completed: false,
                token_required,
                defaults: None,
            }));
        }
        Err(problem) => return Err(problem),
    }
    Ok(Json(SetupStatus {
        completed: false,
        token_required,
        defaults: Some(defaults(&state).await?),
    }))
}

async fn defaults(state: &ReadState) -> Result<SetupDefaults, Problem> {
    let zone = jiff::tz::TimeZone::system()
        .iana_name()
        .and_then(|name| name.parse::<TimeZoneName>().ok())
        .unwrap_or_else(TimeZoneName::utc);
    let lengths = state.settings.session_defaults;
    Ok(SetupDefaults {
        time_zone: zone.to_string(),
        session_idle_seconds: lengths.idle_seconds,
        session_absolute_seconds: lengths.absolute_seconds,
        socket: state.host(&HostId::local())?.status().await?.socket,
    })
}
