//! `POST /api/v1/hosts/{host}/daemon/restart`
use axum::{Json, extract::State};
use domain::RestartReport;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    extract::{Body, HostPlace},
    permission::{Caller, DaemonControl},
    problem::Problem,
    routers::v1::hosts::EmptyRequest,
    services::daemon::Daemon,
    state::WriteState,
};

/// What came of restarting the daemon.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RestartReportBody {
    /// How it was done: `service` or `command`.
    by: String,
    /// Jails that ran before and do not now.
    jails_lost: Vec<String>,
    /// Jails that run now.
    running: Vec<String>,
    /// How long it took.
    milliseconds: u64,
}

/// Restarts the daemon, and waits until it answers again. Bans are kept by its database; counters begin anew.
#[utoipa::path(
    post,
    path = "/hosts/{host}/daemon/restart",
    tag = "daemon",
    params(("host" = String, Path, description = "Name of the host; `local` is this machine")),
    request_body = EmptyRequest,
    responses((status = 200, body = RestartReportBody), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("session" = ["daemon:control"]))
)]
pub(super) async fn restart_daemon(
    caller: Caller<DaemonControl>,
    State(state): State<WriteState>,
    HostPlace(host): HostPlace,
    Body(EmptyRequest {}): Body<EmptyRequest>,
) -> Result<Json<RestartReportBody>, Problem> {
    let daemon = Daemon::new(&state, (&caller).into(), host)?;
    Ok(Json(daemon.restart().await?.into()))
}

impl From<RestartReport> for RestartReportBody {
    fn from(report: RestartReport) -> Self {
        Self {
            by: report.by,
            jails_lost: report.jails_lost.into_iter().map(Into::into).collect(),
            running: report.running.into_iter().map(Into::into).collect(),
            milliseconds: report.milliseconds,
        }
    }
}
