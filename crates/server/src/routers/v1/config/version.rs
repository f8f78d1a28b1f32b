//! `GET /api/v1/hosts/{host}/config/versions/{version}`
use axum::{Json, extract::State};
use domain::VersionId;

use super::versions::VersionBody;
use crate::{
    extract::{Segments, parse_host},
    permission::{Caller, ConfigRead},
    problem::Problem,
    state::ReadState,
};

/// One version with all its files.
#[utoipa::path(
    get,
    operation_id = "show_config_version",
    path = "/hosts/{host}/config/versions/{version}",
    tag = "config",
    params(
        ("host" = String, Path, description = "Name of the host; `local` is this machine"),
        ("version" = u64, Path, description = "Its number")
    ),
    responses((status = 200, body = VersionBody), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("session" = ["config:read"]))
)]
pub(super) async fn show_version(
    _: Caller<ConfigRead>,
    State(state): State<ReadState>,
    Segments((host, version)): Segments<(String, u64)>,
) -> Result<Json<VersionBody>, Problem> {
    let host = parse_host(&host)?;
    let version = state
        .config(&host)?
        .config_version(VersionId(version))
        .await?;
    Ok(Json(version.into()))
}
