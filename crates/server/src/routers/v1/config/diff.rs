//! `GET /api/v1/hosts/{host}/config/diff`
use axum::{Json, extract::State};
use domain::{FileDiff, VersionId, VersionRef};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    extract::{HostPlace, Params},
    permission::{Caller, ConfigRead},
    problem::Problem,
    state::ReadState,
};

/// Which states to compare.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct DiffParams {
    /// The number of a version, or `now`.
    from: String,
    /// The number of a version, or `now`.
    to: String,
}

/// The difference of two states.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ConfigDiffBody {
    /// The files that differ, by path.
    files: Vec<FileDiffBody>,
}

/// The difference of a file.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FileDiffBody {
    /// Which.
    path: String,
    /// Its text in the first; `null` where it is not there. May hold text from outside.
    before: Option<String>,
    /// Its text in the second.
    after: Option<String>,
    /// Unified, with three lines around.
    diff: String,
}

/// What differs between two versions, or between one and the files as they are now.
#[utoipa::path(
    get,
    operation_id = "show_config_diff",
    path = "/hosts/{host}/config/diff",
    tag = "config",
    params(
        ("host" = String, Path, description = "Name of the host; `local` is this machine"),
        DiffParams
    ),
    responses((status = 200, body = ConfigDiffBody), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("session" = ["config:read"]))
)]
pub(super) async fn show_diff(
    _: Caller<ConfigRead>,
    State(state): State<ReadState>,
    HostPlace(host): HostPlace,
    Params(params): Params<DiffParams>,
) -> Result<Json<ConfigDiffBody>, Problem> {
    let (from, to) = (version("from", &params.from)?, version("to", &params.to)?);
    let diff = state.config(&host)?.config_diff(from, to).await?;
    Ok(Json(ConfigDiffBody {
        files: diff.files.into_iter().map(Into::into).collect(),
    }))
}

fn version(field: &str, text: &str) -> Result<VersionRef, Problem> {
    if text == "now" {
        return Ok(VersionRef::Now);
    }
    text.parse()
        .map(|id| VersionRef::Version(VersionId(id)))
        .map_err(|_| Problem::invalid(field, "not-a-version", "the number of a version, or `now`"))
}

impl From<FileDiff> for FileDiffBody {
    fn from(file: FileDiff) -> Self {
        Self {
            path: file.path.into(),
            before: file.before,
            after: file.after,
            diff: file.diff,
        }
    }
}
