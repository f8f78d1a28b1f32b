//! `GET /api/v1/blocklists/{id}/runs`
use axum::{Json, extract::State};
use domain::BlocklistId;
use serde::Serialize;
use utoipa::ToSchema;

use super::body::ImportRunBody;
use crate::{
    extract::Segments,
    permission::{Caller, ListsRead},
    problem::Problem,
    services::blocking::lists,
    state::ReadState,
};

/// As many runs as are kept of a list.
const ALL_KEPT: u32 = 100;

/// The import log of a source.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct BlocklistRuns {
    /// The last runs, newest first; at most a hundred.
    items: Vec<ImportRunBody>,
}

/// The import log of a source.
#[utoipa::path(
    get,
    path = "/blocklists/{id}/runs",
    tag = "blocklists",
    params(("id" = i64, Path, description = "Key of the source")),
    responses((status = 200, body = BlocklistRuns), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("session" = ["lists:read"]))
)]
pub(super) async fn blocklist_runs(
    _: Caller<ListsRead>,
    State(state): State<ReadState>,
    Segments(id): Segments<i64>,
) -> Result<Json<BlocklistRuns>, Problem> {
    let runs = lists::runs(&state, BlocklistId(id), ALL_KEPT).await?;
    let items = runs.into_iter().map(ImportRunBody::from).collect();
    Ok(Json(BlocklistRuns { items }))
}
