//! `POST /api/v1/hosts/{host}/config/confirm`, `revert` and `adopt`: what is said about a change afterwards.
use axum::{Json, extract::State};
use domain::VersionId;
use serde::Deserialize;
use utoipa::ToSchema;

use super::versions::VersionBody;
use crate::{
    extract::{Body, HostPlace},
    permission::{Caller, ConfigWrite},
    problem::Problem,
    routers::v1::hosts::EmptyRequest,
    services::config::Configuration,
    state::WriteState,
};

/// Which change is meant.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PendingVersionRequest)]
pub(crate) struct VersionRequest {
    /// Its version, as applying it answered.
    version: u64,
}

/// Keeps a change that waits to be confirmed.
#[utoipa::path(
    post,
    operation_id = "confirm_config",
    path = "/hosts/{host}/config/confirm",
    tag = "config",
    params(("host" = String, Path, description = "Name of the host; `local` is this machine")),
    request_body = VersionRequest,
    responses((status = 200, body = VersionBody), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("session" = ["config:write"]))
)]
pub(super) async fn confirm_change(
    caller: Caller<ConfigWrite>,
    State(state): State<WriteState>,
    HostPlace(host): HostPlace,
    Body(request): Body<VersionRequest>,
) -> Result<Json<VersionBody>, Problem> {
    let configuration = Configuration::new(&state, &caller, host)?;
    let version = configuration.confirm(VersionId(request.version)).await?;
    Ok(Json(version.into()))
}

/// Takes a change back that waits to be confirmed.
#[utoipa::path(
    post,
    operation_id = "revert_config",
    path = "/hosts/{host}/config/revert",
    tag = "config",
    params(("host" = String, Path, description = "Name of the host; `local` is this machine")),
    request_body = VersionRequest,
    responses((status = 200, body = VersionBody), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("session" = ["config:write"]))
)]
pub(super) async fn revert_change(
    caller: Caller<ConfigWrite>,
    State(state): State<WriteState>,
    HostPlace(host): HostPlace,
    Body(request): Body<VersionRequest>,
) -> Result<Json<VersionBody>, Problem> {
    let configuration = Configuration::new(&state, &caller, host)?;
    let version = configuration.revert(VersionId(request.version)).await?;
    Ok(Json(version.into()))
}

/// Keeps what something else than BanGUI changed as a version.
#[utoipa::path(
    post,
    operation_id = "adopt_config",
    path = "/hosts/{host}/config/adopt",
    tag = "config",
    params(("host" = String, Path, description = "Name of the host; `local` is this machine")),
    request_body = EmptyRequest,
    responses((status = 200, body = VersionBody), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("session" = ["config:write"]))
)]
pub(super) async fn adopt_files(
    caller: Caller<ConfigWrite>,
    State(state): State<WriteState>,
    HostPlace(host): HostPlace,
    Body(EmptyRequest {}): Body<EmptyRequest>,
) -> Result<Json<VersionBody>, Problem> {
    let configuration = Configuration::new(&state, &caller, host)?;
    Ok(Json(configuration.adopt().await?.into()))
}
