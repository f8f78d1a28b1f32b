//! `POST /api/v1/blocklists/preview`
use axum::{Json, extract::State};
use blocklists::Share;
use domain::BlocklistId;
use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    body::{AddressesBody, JunkBody, WaitReasonName},
    left_out::ProtectedBody,
};
use crate::{
    extract::Body,
    permission::{Caller, ListsWrite},
    problem::Problem,
    services::{
        bans::text_of,
        blocking::preview::{Preview, preview},
    },
    state::WriteState,
};

/// A list to look at.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct PreviewRequest {
    /// From where it is fetched.
    url: String,
    /// Whether it may be fetched without encryption.
    #[serde(default)]
    allow_http: bool,
    /// Key of the source that is changed: what it has in common with itself is not told.
    #[serde(default)]
    except: Option<i64>,
}

/// What a list would block.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = BlocklistPreview)]
pub(super) struct PreviewBody {
    /// How many bytes were fetched.
    bytes: u64,
    /// How many entries were understood.
    parsed: u64,
    /// How many of them had host bits, which are cut off.
    masked: u64,
    /// How many were not understood.
    junk: u64,
    /// The first of those.
    junk_examples: Vec<JunkBody>,
    /// How many networks it comes to, merged to the fewest.
    networks: usize,
    /// How many addresses those are.
    addresses: AddressesBody,
    /// What part of the public address space those are.
    share: ShareBody,
    /// Why its first copy would wait for a yes, or `null`.
    waits: Option<WaitReasonName>,
    /// Some of them, from all over the list.
    sample: Vec<String>,
    /// Networks that are left out as they are wider than any may be.
    too_wide: ShownBody,
    /// Networks that meet private, reserved or other special networks, which are left out.
    special: ShownBody,
    /// Protected networks that are cut out: own addresses, gateways, sessions, the allowlist.
    subtracted: SubtractedBody,
    /// What it has in common with lists that are there.
    overlaps: Vec<PreviewOverlapBody>,
}

/// What part of the public address space some addresses are, from 0 to 1.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AddressShare)]
struct ShareBody {
    /// Of IPv4, without private, reserved and other special networks.
    v4: f64,
    /// Of IPv6 that is given out, `2000::/3`.
    v6: f64,
}

/// The first of some networks, and how many there are.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BlocklistPreviewNetworks)]
struct ShownBody {
    /// How many.
    count: usize,
    /// The first 20.
    first: Vec<String>,
}

/// The first of some protected networks, and how many there are.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BlocklistPreviewSubtracted)]
struct SubtractedBody {
    /// How many.
    count: usize,
    /// The first 20.
    first: Vec<ProtectedBody>,
}

/// Addresses that are on a list already.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BlocklistPreviewOverlap)]
struct PreviewOverlapBody {
    /// Key of the list.
    list: i64,
    /// Its name.
    name: String,
    /// How many.
    addresses: AddressesBody,
}

impl From<Share> for ShareBody {
    fn from(share: Share) -> Self {
        Self {
            v4: share.v4,
            v6: share.v6,
        }
    }
}

impl ShownBody {
    fn of(count: usize, first: Vec<IpNet>) -> Self {
        Self {
            count,
            first: first.into_iter().map(text_of).collect(),
        }
    }
}

impl From<Preview> for PreviewBody {
    fn from(preview: Preview) -> Self {
        let overlaps = preview.overlaps.into_iter();
        let junk = preview.junk_examples.into_iter();
        let subtracted = preview.left_out.subtracted.into_iter();
        Self {
            bytes: preview.bytes,
            parsed: preview.parsed,
            masked: preview.masked,
            junk: preview.junk,
            junk_examples: junk.map(JunkBody::from).collect(),
            networks: preview.networks,
            addresses: preview.addresses.into(),
            share: preview.addresses.share().into(),
            waits: preview.waits.map(WaitReasonName::from),
            sample: preview.sample.into_iter().map(text_of).collect(),
            too_wide: ShownBody::of(preview.too_wide, preview.left_out.too_wide),
            special: ShownBody::of(preview.special, preview.left_out.special),
            subtracted: SubtractedBody {
                count: preview.subtracted,
                first: subtracted.map(ProtectedBody::from).collect(),
            },
            overlaps: overlaps
                .map(|(list, name, addresses)| PreviewOverlapBody {
                    list: list.0,
                    name,
                    addresses: addresses.into(),
                })
                .collect(),
        }
    }
}

/// Fetches a list and says what it would block. Nothing is kept.
#[utoipa::path(
    post,
    path = "/blocklists/preview",
    tag = "blocklists",
    request_body = PreviewRequest,
    responses((status = 200, body = PreviewBody), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("session" = ["lists:write"]))
)]
pub(super) async fn preview_blocklist(
    _: Caller<ListsWrite>,
    State(state): State<WriteState>,
    Body(request): Body<PreviewRequest>,
) -> Result<Json<PreviewBody>, Problem> {
    let except = request.except.map(BlocklistId);
    let preview = preview(&state, &request.url, request.allow_http, except).await?;
    Ok(Json(preview.into()))
}
