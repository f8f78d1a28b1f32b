//! `GET /api/v1/hosts/{host}/firewall`
use axum::{Json, extract::State};
use domain::{BlockBackend, BlockState, FirewallError, Why};
use serde::Serialize;
use utoipa::ToSchema;

use super::drift::DriftBody;
use crate::{
    extract::HostPlace,
    permission::{Caller, FirewallRead},
    problem::{Problem, WhyBody},
    services::blocking::{firewall::standing, known::LastLoad},
    state::ReadState,
};

/// How the packet filter stands.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = FirewallStanding)]
pub(super) struct StandingBody {
    /// BanGUI's own table; `null` where it cannot be used or read.
    table: Option<TableBody>,
    /// Why it cannot be used; `null` where it can.
    unusable: Option<WhyBody>,
    /// Why it can be used and cannot be read now; `null` where it can.
    unread: Option<WhyBody>,
    /// What came of putting in force what is wanted the last time; `null` before the first time.
    last_load: Option<LoadBody>,
    /// What was not as it should be when it was last looked at; `null` before the first time.
    drift: Option<DriftBody>,
}

/// BanGUI's own table.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = FirewallTable)]
struct TableBody {
    /// By what it blocks.
    backend: BackendName,
    /// Whether it is there: with nothing to block there is none.
    is_there: bool,
    /// How many networks and addresses of lists are in it.
    networks: u64,
    /// How many bans made by hand.
    bans: u64,
    /// How many networks are let through.
    allowed: u64,
}

/// By what networks are blocked.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = FirewallBackend)]
enum BackendName {
    /// A table of nftables.
    Nftables,
    /// Sets of ipset and rules of iptables.
    Ipset,
}

/// What came of putting in force what is wanted.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = FirewallLoad)]
struct LoadBody {
    /// When.
    at: String,
    /// Whether anything was changed; `null` where it failed.
    changed: Option<bool>,
    /// How many milliseconds it took; `null` where it failed.
    took_ms: Option<u64>,
    /// Why it failed, or `null`: what was in force before stays.
    problem: Option<WhyBody>,
}

impl From<BlockState> for TableBody {
    fn from(state: BlockState) -> Self {
        Self {
            backend: match state.backend {
                BlockBackend::Nftables => BackendName::Nftables,
                BlockBackend::Ipset => BackendName::Ipset,
            },
            is_there: state.is_there,
            networks: state.networks,
            bans: state.bans,
            allowed: state.allowed,
        }
    }
}

impl From<&LastLoad> for LoadBody {
    fn from(load: &LastLoad) -> Self {
        let report = load.result.as_ref().ok();
        Self {
            at: load.at.to_string(),
            changed: report.map(|report| report.changed),
            took_ms: report.map(|report| report.took_ms),
            problem: load.result.as_ref().err().cloned().map(WhyBody::from),
        }
    }
}

/// How the packet filter stands: BanGUI's own table, and what was not as it should be when it was last looked at.
#[utoipa::path(
    get,
    path = "/hosts/{host}/firewall",
    tag = "firewall",
    params(("host" = String, Path, description = "Name of the host; `local` is this machine")),
    responses((status = 200, body = StandingBody), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("session" = ["firewall:read"]))
)]
pub(super) async fn firewall_standing(
    _: Caller<FirewallRead>,
    State(state): State<ReadState>,
    HostPlace(host): HostPlace,
) -> Result<Json<StandingBody>, Problem> {
    state.host(&host)?;
    let standing = standing(&state).await;
    let (table, unusable, unread) = match standing.table {
        Ok(table) => (Some(table.into()), None, None),
        Err(FirewallError::Unusable(why)) => (None, Some(why.into()), None),
        Err(error) => (None, None, Some(Why::from(&error).into())),
    };
    Ok(Json(StandingBody {
        table,
        unusable,
        unread,
        last_load: standing.last_load.map(|load| LoadBody::from(&*load)),
        drift: standing.drift.map(|drift| DriftBody::from(&*drift)),
    }))
}
