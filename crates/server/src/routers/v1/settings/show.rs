//! `GET /api/v1/settings`
use axum::{Json, extract::State};
use domain::Settings;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    permission::{Caller, SettingsRead},
    problem::Problem,
    services::settings,
    state::ReadState,
};

/// The settings.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SettingsBody {
    /// In which zone the page shows times, such as `Europe/Berlin`.
    pub(super) time_zone: String,
    /// After how many seconds without use a session ends: 5 minutes to 30 days. Holds for sessions that begin from now on.
    #[schema(minimum = 300, maximum = 2_592_000)]
    pub(super) session_idle_seconds: i64,
    /// After how many seconds a session ends in any case: at most 90 days, not less than without use.
    #[schema(minimum = 300, maximum = 7_776_000)]
    pub(super) session_absolute_seconds: i64,
    /// The daemon's socket; `null` is the one that the program was started with.
    pub(super) socket: Option<String>,
    /// For how many days events are kept; sums by time, jail, country and network stay.
    #[schema(minimum = 1, maximum = 3650)]
    pub(super) retention_days: u16,
    /// Whether operators may have the name and the registration of an address asked for elsewhere, which tells others about it.
    pub(super) online_lookups: bool,
    /// Whether connections that are there already stay when their address comes to be blocked by BanGUI's own table.
    pub(super) blocked_connections_stay: bool,
}

impl From<Settings> for SettingsBody {
    fn from(settings: Settings) -> Self {
        Self {
            time_zone: settings.time_zone.to_string(),
            session_idle_seconds: settings.session_idle_seconds,
            session_absolute_seconds: settings.session_absolute_seconds,
            socket: settings.fail2ban_socket,
            retention_days: settings.retention_days,
            online_lookups: settings.online_lookups,
            blocked_connections_stay: settings.blocked_connections_stay,
        }
    }
}

/// The settings as they are.
#[utoipa::path(
    get,
    path = "/settings",
    tag = "settings",
    responses((status = 200, body = SettingsBody), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("session" = ["settings:read"]))
)]
pub(super) async fn show_settings(
    _: Caller<SettingsRead>,
    State(state): State<ReadState>,
) -> Result<Json<SettingsBody>, Problem> {
    Ok(Json(settings::current(&state).await?.into()))
}
