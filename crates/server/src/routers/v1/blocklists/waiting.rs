//! `POST /api/v1/blocklists/{id}/waiting/accept`, `POST /api/v1/blocklists/{id}/waiting/refuse`
use axum::{Json, extract::State};
use domain::BlocklistId;

use super::body::BlocklistBody;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    extract::{Body, Segments},
    permission::{Caller, ListsWrite},
    problem::Problem,
    services::blocking::lists,
    state::WriteState,
};

/// Which copy is meant.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WaitingRequest {
    /// Key of the copy that was looked at: another that came meanwhile is not meant.
    copy: i64,
}

/// Puts a copy that waits for a yes in force.
#[utoipa::path(
    post,
    path = "/blocklists/{id}/waiting/accept",
    tag = "blocklists",
    params(("id" = i64, Path, description = "Key of the source")),
    request_body = WaitingRequest,
    responses((status = 200, body = BlocklistBody), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("session" = ["lists:write"]))
)]
pub(super) async fn accept_blocklist(
    caller: Caller<ListsWrite>,
    State(state): State<WriteState>,
    Segments(id): Segments<i64>,
    Body(WaitingRequest { copy }): Body<WaitingRequest>,
) -> Result<Json<BlocklistBody>, Problem> {
    let who = (&caller.author(), caller.identity.name.clone());
    let list = lists::accept(&state, who, (BlocklistId(id), copy)).await?;
    Ok(Json(BlocklistBody::of(list, &state.reads)))
}

/// Forgets a copy that waits for a yes; the one in force stays.
#[utoipa::path(
    post,
    path = "/blocklists/{id}/waiting/refuse",
    tag = "blocklists",
    params(("id" = i64, Path, description = "Key of the source")),
    request_body = WaitingRequest,
    responses((status = 200, body = BlocklistBody), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("session" = ["lists:write"]))
)]
pub(super) async fn refuse_blocklist(
    caller: Caller<ListsWrite>,
    State(state): State<WriteState>,
    Segments(id): Segments<i64>,
    Body(WaitingRequest { copy }): Body<WaitingRequest>,
) -> Result<Json<BlocklistBody>, Problem> {
    let list = lists::refuse(&state, &caller.author(), (BlocklistId(id), copy)).await?;
    Ok(Json(BlocklistBody::of(list, &state.reads)))
}
