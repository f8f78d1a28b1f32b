//! `POST /api/v1/hosts/{host}/jails/{jail}/reload` and `POST /api/v1/hosts/{host}/reload`
use axum::{Json, extract::State};
use domain::{JailName, ReloadReport};
use serde::Serialize;
use utoipa::ToSchema;

use super::control::EmptyRequest;
use crate::{
    extract::{Body, HostPlace, JailPlace},
    permission::{Caller, JailsControl},
    problem::Problem,
    services::jails::JailControl,
    state::WriteState,
};

/// What a reload did.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReloadReportBody {
    /// The jails that run now.
    running: Vec<String>,
    /// Those that did not run before.
    started: Vec<String>,
}

/// Reads the configuration of a jail again. No running jail is lost, bans stay; not begun when the configuration could not be loaded.
#[utoipa::path(
    post,
    path = "/hosts/{host}/jails/{jail}/reload",
    tag = "hosts",
    params(
        ("host" = String, Path, description = "Name of the host; `local` is this machine"),
        ("jail" = String, Path, description = "Name of the jail, percent-encoded")
    ),
    request_body = EmptyRequest,
    responses((status = 200, body = ReloadReportBody), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("session" = ["jails:control"]))
)]
pub(super) async fn reload_jail(
    caller: Caller<JailsControl>,
    State(state): State<WriteState>,
    place: JailPlace,
    Body(EmptyRequest {}): Body<EmptyRequest>,
) -> Result<Json<ReloadReportBody>, Problem> {
    let jails = JailControl::new(&state, (&caller).into(), place.host)?;
    Ok(Json(jails.reload(Some(place.jail)).await?.into()))
}

/// Reads the whole configuration again. No running jail is lost, bans stay; not begun when the configuration could not be loaded.
#[utoipa::path(
    post,
    path = "/hosts/{host}/reload",
    tag = "hosts",
    params(("host" = String, Path, description = "Name of the host; `local` is this machine")),
    request_body = EmptyRequest,
    responses((status = 200, body = ReloadReportBody), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("session" = ["jails:control"]))
)]
pub(super) async fn reload_all(
    caller: Caller<JailsControl>,
    State(state): State<WriteState>,
    HostPlace(host): HostPlace,
    Body(EmptyRequest {}): Body<EmptyRequest>,
) -> Result<Json<ReloadReportBody>, Problem> {
    let jails = JailControl::new(&state, (&caller).into(), host)?;
    Ok(Json(jails.reload(None).await?.into()))
}

impl From<ReloadReport> for ReloadReportBody {
    fn from(report: ReloadReport) -> Self {
        let names =
            |names: Vec<JailName>| -> Vec<String> { names.into_iter().map(Into::into).collect() };
        Self {
            running: names(report.running),
            started: names(report.started),
        }
    }
}
