//! `PUT /api/v1/settings`
use axum::{Json, extract::State};

use super::show::SettingsBody;
use crate::{
    extract::Body,
    permission::{Caller, SettingsWrite},
    problem::Problem,
    services::settings::{self, Proposed},
    state::WriteState,
};

/// Replaces the settings. Another socket is used at once.
#[utoipa::path(
    put,
    path = "/settings",
    tag = "settings",
    request_body = SettingsBody,
    responses((status = 200, body = SettingsBody), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("session" = ["settings:write"]))
)]
pub(super) async fn change_settings(
    caller: Caller<SettingsWrite>,
    State(state): State<WriteState>,
    Body(body): Body<SettingsBody>,
) -> Result<Json<SettingsBody>, Problem> {
    let proposed = Proposed {
        time_zone: body.time_zone,
        session_idle_seconds: body.session_idle_seconds,
        session_absolute_seconds: body.session_absolute_seconds,
        socket: body.socket,
    };
    let settings = settings::change(&state, &caller.author(), proposed).await?;
    Ok(Json(settings.into()))
}
