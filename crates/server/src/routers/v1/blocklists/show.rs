//! `GET /api/v1/blocklists`, `GET /api/v1/blocklists/{id}`
use axum::{Json, extract::State};
use domain::BlocklistId;
use serde::Serialize;
use utoipa::ToSchema;

use super::body::BlocklistBody;
use crate::{
    extract::Segments,
    permission::{Caller, ListsRead},
    problem::Problem,
    services::blocking::lists,
    state::ReadState,
};

/// All sources of blocked networks, by name.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct BlocklistList {
    /// The sources.
    items: Vec<BlocklistBody>,
}

/// All sources of blocked networks. There are at most a hundred.
#[utoipa::path(
    get,
    path = "/blocklists",
    tag = "blocklists",
    responses((status = 200, body = BlocklistList), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("session" = ["lists:read"]))
)]
pub(super) async fn list_blocklists(
    _: Caller<ListsRead>,
    State(state): State<ReadState>,
) -> Result<Json<BlocklistList>, Problem> {
    let lists = lists::all(&state).await?.into_iter();
    let items = lists.map(|list| BlocklistBody::of(list, &state)).collect();
    Ok(Json(BlocklistList { items }))
}

/// One source.
#[utoipa::path(
    get,
    path = "/blocklists/{id}",
    tag = "blocklists",
    params(("id" = i64, Path, description = "Key of the source")),
    responses((status = 200, body = BlocklistBody), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("session" = ["lists:read"]))
)]
pub(super) async fn show_blocklist(
    _: Caller<ListsRead>,
    State(state): State<ReadState>,
    Segments(id): Segments<i64>,
) -> Result<Json<BlocklistBody>, Problem> {
    let list = lists::one(&state, BlocklistId(id)).await?;
    Ok(Json(BlocklistBody::of(list, &state)))
}
