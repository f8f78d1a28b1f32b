//! `GET /api/v1/blocklists/hits`
use axum::{Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    permission::{Caller, ListsRead},
    problem::Problem,
    services::blocking::hits::hits,
    state::ReadState,
};

/// How often something was blocked by BanGUI's own table since it is there.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct BlocklistHits {
    /// Packets from blocked networks, also of bans made by hand.
    incoming: CounterBody,
    /// Packets to blocked networks.
    outgoing: CounterBody,
    /// By list: an address that is on several counts for each. Of addresses that came in the last day.
    lists: Vec<ListHitsBody>,
    /// The addresses with the most packets in the last day, at most a hundred.
    top: Vec<AddressHitsBody>,
}

/// Packets and their bytes.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PacketCounter)]
pub(crate) struct CounterBody {
    /// Packets.
    packets: u64,
    /// Their bytes.
    bytes: u64,
}

/// How often a list blocked something.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BlocklistHitsOfList)]
struct ListHitsBody {
    /// Key of the list.
    list: i64,
    /// Packets.
    packets: u64,
    /// Their bytes.
    bytes: u64,
}

/// How often an address was blocked.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BlocklistHitsOfAddress)]
struct AddressHitsBody {
    /// The address.
    address: String,
    /// Packets.
    packets: u64,
    /// Their bytes.
    bytes: u64,
    /// Keys of the lists that it is on; empty for one that is banned by hand, or was on a list.
    lists: Vec<i64>,
}

/// How often something was blocked.
#[utoipa::path(
    get,
    path = "/blocklists/hits",
    tag = "blocklists",
    responses((status = 200, body = BlocklistHits), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("session" = ["lists:read"]))
)]
pub(super) async fn blocklist_hits(
    _: Caller<ListsRead>,
    State(state): State<ReadState>,
) -> Result<Json<BlocklistHits>, Problem> {
    let hits = hits(&state).await?;
    let lists = hits.by_list.iter().map(|(list, sums)| ListHitsBody {
        list: list.0,
        packets: sums.0,
        bytes: sums.1,
    });
    let top = hits.top.into_iter().map(|(hit, lists)| AddressHitsBody {
        address: hit.address.to_string(),
        packets: hit.packets,
        bytes: hit.bytes,
        lists: lists.into_iter().map(|list| list.0).collect(),
    });
    Ok(Json(BlocklistHits {
        incoming: CounterBody {
            packets: hits.all.packets_in,
            bytes: hits.all.bytes_in,
        },
        outgoing: CounterBody {
            packets: hits.all.packets_out,
            bytes: hits.all.bytes_out,
        },
        lists: lists.collect(),
        top: top.collect(),
    }))
}
