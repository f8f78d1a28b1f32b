//! `PUT /api/v1/hosts/{host}/jails/{jail}/ignore-self`
use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    extract::{Body, JailPlace},
    permission::{Caller, JailsControl},
    problem::Problem,
    services::jails::JailControl,
    state::WriteState,
};

/// Whether a jail is to leave the machine's own addresses alone.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct IgnoreSelfRequest {
    /// Whether it is to.
    enabled: bool,
}

/// Whether a jail leaves the machine's own addresses alone.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct IgnoreSelfBody {
    /// Whether it does, as the daemon says.
    enabled: bool,
}

/// Sets whether a running jail leaves the machine's own addresses alone, until its next reload.
#[utoipa::path(
    put,
    path = "/hosts/{host}/jails/{jail}/ignore-self",
    tag = "hosts",
    params(
        ("host" = String, Path, description = "Name of the host; `local` is this machine"),
        ("jail" = String, Path, description = "Name of the jail, percent-encoded")
    ),
    request_body = IgnoreSelfRequest,
    responses((status = 200, body = IgnoreSelfBody), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("session" = ["jails:control"]))
)]
pub(super) async fn set_ignore_self(
    caller: Caller<JailsControl>,
    State(state): State<WriteState>,
    place: JailPlace,
    Body(request): Body<IgnoreSelfRequest>,
) -> Result<Json<IgnoreSelfBody>, Problem> {
    let jails = JailControl::new(&state, (&caller).into(), place.host)?;
    let enabled = jails.set_ignore_self(place.jail, request.enabled).await?;
    Ok(Json(IgnoreSelfBody { enabled }))
}
