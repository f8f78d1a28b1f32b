//! `PUT /api/v1/settings`
use axum::{Json, extract::State};
use serde::Deserialize;
use utoipa::ToSchema;

use super::show::SettingsBody;
use crate::{
    extract::Body,
    permission::{Caller, SettingsWrite},
    problem::Problem,
    services::settings::{self, Proposed},
    state::WriteState,
};

/// The settings as they shall be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ChangeSettingsRequest {
    /// Name of a time zone, such as `Europe/Berlin`.
    time_zone: String,
    /// After how many seconds without use a session ends: 5 minutes to 30 days.
    #[schema(minimum = 300, maximum = 2_592_000)]
    session_idle_seconds: i64,
    /// After how many seconds a session ends in any case: at most 90 days, not less than without use.
    #[schema(minimum = 300, maximum = 7_776_000)]
    session_absolute_seconds: i64,
    /// The daemon's socket; `null` is the one that the program was started with.
    socket: Option<String>,
    /// For how many days events are kept; left out, it stays as it is.
    #[schema(minimum = 1, maximum = 3650)]
    #[serde(default)]
    retention_days: Option<u16>,
    /// Whether operators may have the name and the registration of an address asked for elsewhere; left out, it stays as it is.
    #[serde(default)]
    online_lookups: Option<bool>,
    /// Whether connections that are there already stay when their address comes to be blocked by BanGUI's own table; left out, it stays as it is.
    #[serde(default)]
    blocked_connections_stay: Option<bool>,
}

/// Replaces the settings. Another socket is used at once.
#[utoipa::path(
    put,
    path = "/settings",
    tag = "settings",
    request_body = ChangeSettingsRequest,
    responses((status = 200, body = SettingsBody), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("session" = ["settings:write"]))
)]
pub(super) async fn change_settings(
    caller: Caller<SettingsWrite>,
    State(state): State<WriteState>,
    Body(body): Body<ChangeSettingsRequest>,
) -> Result<Json<SettingsBody>, Problem> {
    let before = settings::current(&state.reads).await?;
    let proposed = Proposed {
        time_zone: body.time_zone,
        session_idle_seconds: body.session_idle_seconds,
        session_absolute_seconds: body.session_absolute_seconds,
        socket: body.socket,
        retention_days: body.retention_days.unwrap_or(before.retention_days),
        online_lookups: body.online_lookups.unwrap_or(before.online_lookups),
        blocked_connections_stay: body
            .blocked_connections_stay
            .unwrap_or(before.blocked_connections_stay),
    };
    let settings = settings::change(&state, &caller.author(), proposed).await?;
    Ok(Json(settings.into()))
}
