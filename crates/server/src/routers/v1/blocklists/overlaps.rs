//! `GET /api/v1/blocklists/overlaps`
use axum::{Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;

use super::body::AddressesBody;
use crate::{
    permission::{Caller, ListsRead},
    problem::{Code, Problem},
    state::ReadState,
};

/// What lists have in common.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct BlocklistOverlaps {
    /// Each two lists that have addresses in common.
    items: Vec<OverlapBody>,
}

/// Two lists that have addresses in common.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BlocklistOverlap)]
struct OverlapBody {
    /// Key of the one.
    first: i64,
    /// Key of the other.
    second: i64,
    /// How many are on both.
    addresses: AddressesBody,
}

/// What the lists in force have in common.
#[utoipa::path(
    get,
    path = "/blocklists/overlaps",
    tag = "blocklists",
    responses((status = 200, body = BlocklistOverlaps), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("session" = ["lists:read"]))
)]
pub(super) async fn blocklist_overlaps(
    _: Caller<ListsRead>,
    State(state): State<ReadState>,
) -> Result<Json<BlocklistOverlaps>, Problem> {
    let known = state.blocking.known;
    let overlaps = tokio::task::spawn_blocking(move || known.overlaps()).await;
    let overlaps = overlaps.map_err(|error| {
        tracing::error!(error = %error, "overlaps did not come to their end");
        Problem::new(Code::Internal)
    })?;
    let items = overlaps.iter().map(|overlap| OverlapBody {
        first: overlap.first.0,
        second: overlap.second.0,
        addresses: overlap.addresses.into(),
    });
    Ok(Json(BlocklistOverlaps {
        items: items.collect(),
    }))
}
