//! `POST /api/v1/hosts/{host}/jails/{jail}/start`, `stop`, `restart`, `idle` and `resume`: one request and one answer in five words.
use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::jails::JailStateName;
use crate::{
    extract::{Body, JailPlace},
    permission::{Caller, JailsControl},
    problem::Problem,
    services::jails::{Control, JailControl},
    state::WriteState,
};

/// An empty object: there is nothing to choose.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EmptyRequest {}

/// What a jail does after it was told to.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct JailStateBody {
    /// Its name.
    name: String,
    /// What it does now, as the daemon says.
    state: JailStateName,
}

async fn control(
    caller: &Caller<JailsControl>,
    state: &WriteState,
    place: JailPlace,
    control: Control,
) -> Result<Json<JailStateBody>, Problem> {
    let jails = JailControl::new(state, caller.into(), place.host)?;
    let now = jails.control(control, place.jail.clone()).await?;
    Ok(Json(JailStateBody {
        name: place.jail.into(),
        state: now.into(),
    }))
}

/// Runs a jail with what its configuration says. Ends running, also when it was.
#[utoipa::path(
    post,
    path = "/hosts/{host}/jails/{jail}/start",
    tag = "hosts",
    params(
        ("host" = String, Path, description = "Name of the host; `local` is this machine"),
        ("jail" = String, Path, description = "Name of the jail, percent-encoded")
    ),
    request_body = EmptyRequest,
    responses((status = 200, body = JailStateBody), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("session" = ["jails:control"]))
)]
pub(super) async fn start_jail(
    caller: Caller<JailsControl>,
    State(state): State<WriteState>,
    place: JailPlace,
    Body(EmptyRequest {}): Body<EmptyRequest>,
) -> Result<Json<JailStateBody>, Problem> {
    control(&caller, &state, place, Control::Start).await
}

/// Stops a jail, which ends its bans. Ends stopped, also when it was.
#[utoipa::path(
    post,
    path = "/hosts/{host}/jails/{jail}/stop",
    tag = "hosts",
    params(
        ("host" = String, Path, description = "Name of the host; `local` is this machine"),
        ("jail" = String, Path, description = "Name of the jail, percent-encoded")
    ),
    request_body = EmptyRequest,
    responses((status = 200, body = JailStateBody), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("session" = ["jails:control"]))
)]
pub(super) async fn stop_jail(
    caller: Caller<JailsControl>,
    State(state): State<WriteState>,
    place: JailPlace,
    Body(EmptyRequest {}): Body<EmptyRequest>,
) -> Result<Json<JailStateBody>, Problem> {
    control(&caller, &state, place, Control::Stop).await
}

/// Stops and starts a jail; not begun when its configuration could not be loaded.
#[utoipa::path(
    post,
    path = "/hosts/{host}/jails/{jail}/restart",
    tag = "hosts",
    params(
        ("host" = String, Path, description = "Name of the host; `local` is this machine"),
        ("jail" = String, Path, description = "Name of the jail, percent-encoded")
    ),
    request_body = EmptyRequest,
    responses((status = 200, body = JailStateBody), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("session" = ["jails:control"]))
)]
pub(super) async fn restart_jail(
    caller: Caller<JailsControl>,
    State(state): State<WriteState>,
    place: JailPlace,
    Body(EmptyRequest {}): Body<EmptyRequest>,
) -> Result<Json<JailStateBody>, Problem> {
    control(&caller, &state, place, Control::Restart).await
}

/// Makes a jail stop reading its log; its bans stay.
#[utoipa::path(
    post,
    path = "/hosts/{host}/jails/{jail}/idle",
    tag = "hosts",
    params(
        ("host" = String, Path, description = "Name of the host; `local` is this machine"),
        ("jail" = String, Path, description = "Name of the jail, percent-encoded")
    ),
    request_body = EmptyRequest,
    responses((status = 200, body = JailStateBody), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("session" = ["jails:control"]))
)]
pub(super) async fn idle_jail(
    caller: Caller<JailsControl>,
    State(state): State<WriteState>,
    place: JailPlace,
    Body(EmptyRequest {}): Body<EmptyRequest>,
) -> Result<Json<JailStateBody>, Problem> {
    control(&caller, &state, place, Control::Idle).await
}

/// Makes an idle jail read its log again.
#[utoipa::path(
    post,
    path = "/hosts/{host}/jails/{jail}/resume",
    tag = "hosts",
    params(
        ("host" = String, Path, description = "Name of the host; `local` is this machine"),
        ("jail" = String, Path, description = "Name of the jail, percent-encoded")
    ),
    request_body = EmptyRequest,
    responses((status = 200, body = JailStateBody), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("session" = ["jails:control"]))
)]
pub(super) async fn resume_jail(
    caller: Caller<JailsControl>,
    State(state): State<WriteState>,
    place: JailPlace,
    Body(EmptyRequest {}): Body<EmptyRequest>,
) -> Result<Json<JailStateBody>, Problem> {
    control(&caller, &state, place, Control::Resume).await
}
