//! `POST /api/v1/blocklists`, `PUT` and `DELETE /api/v1/blocklists/{id}`, `POST /api/v1/blocklists/{id}/import`
use axum::{Json, extract::State, http::StatusCode};
use domain::BlocklistId;
use serde::Deserialize;
use utoipa::ToSchema;

use super::body::{BlocklistBody, DirectionName, TargetBody};
use crate::{
    extract::{Body, Segments},
    permission::{Caller, ListsWrite},
    problem::Problem,
    routers::v1::hosts::EmptyRequest,
    services::blocking::lists::{self, Proposed},
    state::WriteState,
};

/// A source as it shall be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct BlocklistRequest {
    /// What it is called: 1 to 80 characters; no other has that name.
    name: String,
    /// From where it is fetched: `https://…`, or `http://…` with `allowHttp`.
    url: String,
    /// Whether it may be fetched without encryption: whoever is on the way can then change it.
    #[serde(default)]
    allow_http: bool,
    /// How often it is fetched: 5 minutes to 30 days.
    #[schema(minimum = 300, maximum = 2_592_000)]
    every_seconds: u32,
    /// Whether it is fetched and in force.
    enabled: bool,
    /// Who carries it out.
    target: TargetBody,
    /// Which packets are blocked.
    direction: DirectionName,
    /// For people: at most 500 characters.
    #[serde(default)]
    note: String,
}

impl From<BlocklistRequest> for Proposed {
    fn from(request: BlocklistRequest) -> Self {
        Self {
            name: request.name,
            url: request.url,
            allow_http: request.allow_http,
            every_seconds: request.every_seconds,
            enabled: request.enabled,
            jail: match request.target {
                TargetBody::Firewall => None,
                TargetBody::Jail { jail } => Some(jail),
            },
            direction: request.direction.into(),
            note: request.note,
        }
    }
}

/// Adds a source. One that is enabled is fetched at once, in the background.
#[utoipa::path(
    post,
    path = "/blocklists",
    tag = "blocklists",
    request_body = BlocklistRequest,
    responses((status = 201, body = BlocklistBody), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("session" = ["lists:write"]))
)]
pub(super) async fn add_blocklist(
    caller: Caller<ListsWrite>,
    State(state): State<WriteState>,
    Body(request): Body<BlocklistRequest>,
) -> Result<(StatusCode, Json<BlocklistBody>), Problem> {
    let who = (&caller.author(), caller.identity.name.clone());
    let list = lists::add(&state, who, request.into()).await?;
    let body = BlocklistBody::of(list, &state.reads);
    Ok((StatusCode::CREATED, Json(body)))
}

/// Changes a source. What that means for what is in force is carried out at once, in the background.
#[utoipa::path(
    put,
    path = "/blocklists/{id}",
    tag = "blocklists",
    params(("id" = i64, Path, description = "Key of the source")),
    request_body = BlocklistRequest,
    responses((status = 200, body = BlocklistBody), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("session" = ["lists:write"]))
)]
pub(super) async fn change_blocklist(
    caller: Caller<ListsWrite>,
    State(state): State<WriteState>,
    Segments(id): Segments<i64>,
    Body(request): Body<BlocklistRequest>,
) -> Result<Json<BlocklistBody>, Problem> {
    let who = (&caller.author(), caller.identity.name.clone());
    let list = lists::change(&state, who, BlocklistId(id), request.into()).await?;
    Ok(Json(BlocklistBody::of(list, &state.reads)))
}

/// Removes a source with its copies and its log; what only it named is not blocked any more.
#[utoipa::path(
    delete,
    path = "/blocklists/{id}",
    tag = "blocklists",
    params(("id" = i64, Path, description = "Key of the source")),
    responses((status = 204), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("session" = ["lists:write"]))
)]
pub(super) async fn remove_blocklist(
    caller: Caller<ListsWrite>,
    State(state): State<WriteState>,
    Segments(id): Segments<i64>,
) -> Result<StatusCode, Problem> {
    lists::remove(&state, &caller.author(), BlocklistId(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Has a source fetched at once, whatever its schedule says. How it went is in its log.
#[utoipa::path(
    post,
    path = "/blocklists/{id}/import",
    tag = "blocklists",
    params(("id" = i64, Path, description = "Key of the source")),
    request_body = EmptyRequest,
    responses((status = 202, description = "It begins"), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("session" = ["lists:write"]))
)]
pub(super) async fn import_blocklist(
    caller: Caller<ListsWrite>,
    State(state): State<WriteState>,
    Segments(id): Segments<i64>,
    Body(EmptyRequest {}): Body<EmptyRequest>,
) -> Result<StatusCode, Problem> {
    let who = (&caller.author(), caller.identity.name.clone());
    lists::import_now(&state, who, BlocklistId(id)).await?;
    Ok(StatusCode::ACCEPTED)
}
