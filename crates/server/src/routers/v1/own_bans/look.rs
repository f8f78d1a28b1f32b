//! `POST /api/v1/hosts/{host}/bans/preview`
use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    extract::{Body, HostPlace},
    permission::{BansWrite, Caller},
    problem::{HitBody, Problem},
    routers::v1::allowlist::AllowEntryBody,
    services::{
        bans::text_of,
        blocking::cover::{Cover, cover},
    },
    state::ReadState,
};

/// Networks to look at before they are banned.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LookRequest {
    /// Addresses and networks, at most 20.
    targets: Vec<String>,
}

/// What networks cover.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BanPreview)]
pub(super) struct LookBody {
    /// One for each target.
    items: Vec<CoverBody>,
}

/// What a network covers.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = BanPreviewNetwork)]
struct CoverBody {
    /// The network in canonical form.
    target: String,
    /// Whether host bits were cut off.
    masked: bool,
    /// How many addresses it covers, in decimal digits.
    addresses: String,
    /// The countries of addresses all over it, with the share of those that were looked at; those with the most first.
    countries: Vec<ShareBody>,
    /// The networks that announce them, likewise.
    networks: Vec<NetworkShareBody>,
    /// Bans in force within it, in fail2ban's jails.
    banned_inside: u64,
    /// Bans in force without a jail that meet it.
    own_bans: usize,
    /// Names of the lists that have an address of it.
    lists: Vec<String>,
    /// Entries of the allowlist within it: they are let through all the same.
    allowed: Vec<AllowEntryBody>,
    /// What the lock-out guard has against it.
    hits: Vec<HitBody>,
}

/// A country, and its share.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CountryShare)]
struct ShareBody {
    /// By two letters; `null` when unknown.
    country: Option<String>,
    /// Of 100.
    percent: u8,
}

/// A network, and its share.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = NetworkShare)]
struct NetworkShareBody {
    /// Its number; `null` when unknown.
    asn: Option<u32>,
    /// Its name; `null` when unknown.
    name: Option<String>,
    /// Of 100.
    percent: u8,
}

impl CoverBody {
    fn of(cover: Cover, state: &ReadState) -> Self {
        let allowed = cover.allowed.into_iter();
        Self {
            target: text_of(cover.network),
            masked: cover.masked,
            addresses: cover.addresses,
            countries: cover
                .countries
                .into_iter()
                .map(|(country, percent)| ShareBody {
                    country: country.map(Into::into),
                    percent,
                })
                .collect(),
            networks: cover
                .networks
                .into_iter()
                .map(|(asn, percent)| NetworkShareBody {
                    asn: asn.map(|asn| asn.0),
                    name: asn
                        .and_then(|asn| state.places.network_name(asn))
                        .map(|name| name.to_string()),
                    percent,
                })
                .collect(),
            banned_inside: cover.banned_inside,
            own_bans: cover.own_bans,
            lists: cover.lists,
            allowed: allowed
                .map(|entry| AllowEntryBody::of(entry, state))
                .collect(),
            hits: cover.hits.iter().map(HitBody::from).collect(),
        }
    }
}

/// Says what networks cover before they are banned. Changes nothing.
#[utoipa::path(
    post,
    path = "/hosts/{host}/bans/preview",
    tag = "bans",
    params(("host" = String, Path, description = "Name of the host; `local` is this machine")),
    request_body = LookRequest,
    responses((status = 200, body = LookBody), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("session" = ["bans:write"]))
)]
pub(super) async fn look_at_networks(
    caller: Caller<BansWrite>,
    State(state): State<ReadState>,
    HostPlace(host): HostPlace,
    Body(request): Body<LookRequest>,
) -> Result<Json<LookBody>, Problem> {
    let covers = cover(&state, &host, caller.address, &request.targets).await?;
    let items = covers.into_iter().map(|cover| CoverBody::of(cover, &state));
    Ok(Json(LookBody {
        items: items.collect(),
    }))
}
