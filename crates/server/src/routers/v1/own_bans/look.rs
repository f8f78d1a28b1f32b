//! `POST /api/v1/hosts/{host}/bans/preview`
use axum::{Json, extract::State};
use domain::{LoginWay, RECENT_LOGIN_DAYS, RecentLogin, RecentLogins};
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

/// How many addresses are named from which people lately got in.
const MAX_NAMED_LOGINS: usize = 20;

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
    /// From where within it people lately got in. A warning: it forbids nothing.
    recent_logins: RecentLoginsBody,
}

/// From where within a network people lately got in.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = RecentLogins)]
struct RecentLoginsBody {
    /// How many days were looked back.
    days: u16,
    /// Whether the machine has a record of logins that could be read. Where it has none, only sign-ins to BanGUI are told.
    known: bool,
    /// How many addresses there are.
    total: usize,
    /// At most 20, those with the newest login first.
    items: Vec<RecentLoginBody>,
}

/// An address from which somebody lately got in.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = RecentLogin)]
struct RecentLoginBody {
    /// The address.
    address: String,
    /// When somebody last did.
    last_at: String,
    /// All ways by which somebody did.
    ways: Vec<LoginWayBody>,
}

/// By which way somebody got in.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = LoginWay)]
enum LoginWayBody {
    /// sshd let a user in.
    Ssh,
    /// The machine's record of logins says so.
    Login,
    /// A sign-in to BanGUI.
    Bangui,
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

impl From<RecentLogins> for RecentLoginsBody {
    fn from(logins: RecentLogins) -> Self {
        let items = logins.items.into_iter().take(MAX_NAMED_LOGINS);
        Self {
            days: RECENT_LOGIN_DAYS,
            known: logins.known,
            total: logins.total,
            items: items.map(Into::into).collect(),
        }
    }
}

impl From<RecentLogin> for RecentLoginBody {
    fn from(login: RecentLogin) -> Self {
        let way = |way| match way {
            LoginWay::Ssh => LoginWayBody::Ssh,
            LoginWay::Login => LoginWayBody::Login,
            LoginWay::BanGui => LoginWayBody::Bangui,
        };
        Self {
            address: login.address.to_string(),
            last_at: login.last_at.to_string(),
            ways: login.ways.into_iter().map(way).collect(),
        }
    }
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
            recent_logins: cover.recent_logins.into(),
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
