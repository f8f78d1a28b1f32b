//! `POST /api/v1/hosts/{host}/log/flush`
use axum::{Json, extract::State};
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

/// What the daemon did with its log.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FlushBody {
    /// The daemon's word, such as `rolled over`.
    answer: String,
}

/// Makes the daemon open its log anew, as after a rotation.
#[utoipa::path(
    post,
    path = "/hosts/{host}/log/flush",
    tag = "daemon",
    params(("host" = String, Path, description = "Name of the host; `local` is this machine")),
    request_body = EmptyRequest,
    responses((status = 200, body = FlushBody), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("session" = ["daemon:control"]))
)]
pub(super) async fn flush_log(
    caller: Caller<DaemonControl>,
    State(state): State<WriteState>,
    HostPlace(host): HostPlace,
    Body(EmptyRequest {}): Body<EmptyRequest>,
) -> Result<Json<FlushBody>, Problem> {
    let daemon = Daemon::new(&state, (&caller).into(), host)?;
    let answer = daemon.flush_log().await?;
    Ok(Json(FlushBody { answer }))
}
