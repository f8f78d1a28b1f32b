//! `POST /api/v1/hosts/{host}/own-bans`, `POST /api/v1/hosts/{host}/own-bans/end`
use axum::{Json, extract::State, http::StatusCode};
use domain::{OwnBan, OwnBanId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::list::OwnBanBody;
use crate::{
    extract::{Body, HostPlace},
    permission::{BansWrite, Caller},
    problem::Problem,
    services::blocking::own_bans::{self, Order},
    state::WriteState,
};

/// An order to ban without a jail.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct OwnBanRequest {
    /// Addresses and networks, at most 10,000; no network wider than a /8, or a /19 of IPv6.
    targets: Vec<String>,
    /// For how long; `null` is for ever.
    #[schema(minimum = 1)]
    seconds: Option<i64>,
    /// Why: at most 200 characters.
    #[serde(default)]
    reason: String,
    /// The second yes to banning one's own address.
    #[serde(default)]
    confirm_own_address: bool,
}

/// An order to end bans.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EndOwnBansRequest {
    /// Keys of the bans, at most 10,000.
    ids: Vec<i64>,
}

/// Bans that an order made or ended.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct OwnBansBody {
    /// The bans.
    items: Vec<OwnBanBody>,
}

impl OwnBansBody {
    fn of(bans: Vec<OwnBan>, state: &WriteState) -> Self {
        let now = state.reads.clock.now();
        let items = bans.into_iter().map(|ban| OwnBanBody::of(ban, now));
        Self {
            items: items.collect(),
        }
    }
}

/// Bans without a jail, in BanGUI's own table: for a chosen time or for ever, also while fail2ban is down, and again after a restart of the machine. All targets, or none.
#[utoipa::path(
    post,
    path = "/hosts/{host}/own-bans",
    tag = "bans",
    params(("host" = String, Path, description = "Name of the host; `local` is this machine")),
    request_body = OwnBanRequest,
    responses((status = 201, body = OwnBansBody), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("session" = ["bans:write"]))
)]
pub(super) async fn create_own_bans(
    caller: Caller<BansWrite>,
    State(state): State<WriteState>,
    HostPlace(host): HostPlace,
    Body(request): Body<OwnBanRequest>,
) -> Result<(StatusCode, Json<OwnBansBody>), Problem> {
    let order = Order {
        host,
        targets: request.targets,
        seconds: request.seconds,
        reason: request.reason,
        confirm_own_address: request.confirm_own_address,
    };
    let who = (&caller.author(), caller.identity.name.clone());
    let bans = own_bans::create(&state, who, order).await?;
    Ok((StatusCode::CREATED, Json(OwnBansBody::of(bans, &state))))
}

/// Ends bans that have no jail; answers those that were in force.
#[utoipa::path(
    post,
    path = "/hosts/{host}/own-bans/end",
    tag = "bans",
    params(("host" = String, Path, description = "Name of the host; `local` is this machine")),
    request_body = EndOwnBansRequest,
    responses((status = 200, body = OwnBansBody), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("session" = ["bans:write"]))
)]
pub(super) async fn end_own_bans(
    caller: Caller<BansWrite>,
    State(state): State<WriteState>,
    HostPlace(host): HostPlace,
    Body(request): Body<EndOwnBansRequest>,
) -> Result<Json<OwnBansBody>, Problem> {
    let ids: Vec<OwnBanId> = request.ids.into_iter().map(OwnBanId).collect();
    let who = (&caller.author(), caller.identity.name.clone());
    let bans = own_bans::end(&state, who, &host, &ids).await?;
    Ok(Json(OwnBansBody::of(bans, &state)))
}
