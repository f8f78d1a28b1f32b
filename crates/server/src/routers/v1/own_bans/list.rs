//! `GET /api/v1/hosts/{host}/own-bans`
use axum::{Json, extract::State};
use domain::{OwnBan, OwnBanId, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    extract::{HostPlace, Params, page_size},
    permission::{BansRead, Caller},
    problem::Problem,
    services::{bans::text_of, blocking::own_bans},
    state::ReadState,
};

/// Which bans are wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(super) struct OwnBanParams {
    /// Whether those that are over are wanted too, page by page.
    #[serde(default)]
    ended: bool,
    /// Where the page begins: `nextCursor` of the page before. With `ended` only.
    cursor: Option<i64>,
    /// How many items the page may have with `ended`: 1 to 500, 100 when it is not said.
    limit: Option<i64>,
}

/// Bans without a jail, newest first.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct OwnBanList {
    /// The bans: all that are in force (at most 10,000), or a page of all that there were.
    items: Vec<OwnBanBody>,
    /// Where the next page begins; `null` at the end.
    next_cursor: Option<i64>,
}

/// A ban of BanGUI's own table.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = OwnBan)]
pub(crate) struct OwnBanBody {
    /// Its key.
    id: i64,
    /// On which host.
    host: String,
    /// Whom: an address or a network.
    target: String,
    /// Since when.
    since: String,
    /// Until when; `null` is for ever.
    until: Option<String>,
    /// Why; may be empty.
    reason: String,
    /// Who made it.
    by: String,
    /// Whether it is in force.
    in_force: bool,
    /// When somebody ended it; `null` where nobody did.
    ended_at: Option<String>,
    /// Who ended it; `null` where nobody did.
    ended_by: Option<String>,
}

impl OwnBanBody {
    pub(crate) fn of(ban: OwnBan, now: Timestamp) -> Self {
        let in_force = ban.holds(now);
        let said = ban.ban;
        let (ended_at, ended_by) = ban.ended.unzip();
        Self {
            id: ban.id.0,
            host: said.host.into(),
            target: text_of(said.network),
            since: said.since.to_string(),
            until: said.until.map(|until| until.to_string()),
            reason: said.reason.into(),
            by: said.by.into(),
            in_force,
            ended_at: ended_at.map(|at| at.to_string()),
            ended_by: ended_by.map(Into::into),
        }
    }
}

/// Bans without a jail: those in force, or all that there were.
#[utoipa::path(
    get,
    path = "/hosts/{host}/own-bans",
    tag = "bans",
    params(("host" = String, Path, description = "Name of the host; `local` is this machine"), OwnBanParams),
    responses((status = 200, body = OwnBanList), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("session" = ["bans:read"]))
)]
pub(super) async fn list_own_bans(
    _: Caller<BansRead>,
    State(state): State<ReadState>,
    HostPlace(host): HostPlace,
    Params(params): Params<OwnBanParams>,
) -> Result<Json<OwnBanList>, Problem> {
    state.host(&host)?;
    let now = state.clock.now();
    let limit = u32::from(page_size(params.limit)?.get());
    let (bans, has_more) = if params.ended {
        let before = params.cursor.map(OwnBanId);
        let bans = own_bans::page(&state, before, limit).await?;
        let is_full = u32::try_from(bans.len()).is_ok_and(|length| length == limit);
        (bans, is_full)
    } else {
        (own_bans::in_force(&state, None).await?, false)
    };
    let last = bans.last().map(|ban| ban.id.0);
    let items = bans.into_iter().map(|ban| OwnBanBody::of(ban, now));
    Ok(Json(OwnBanList {
        items: items.collect(),
        next_cursor: last.filter(|_| has_more),
    }))
}
