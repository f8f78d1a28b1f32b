//! `GET /api/v1/hosts/{host}/jails`
use axum::extract::State;
use domain::{JailCounters, JailState, JailSummary, Jails};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    extract::{Conditional, HostPlace, IfNoneMatch},
    permission::{Caller, HostsRead},
    problem::Problem,
    state::ReadState,
};

/// All jails, as of the last poll.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct JailList {
    /// By name: those that run, and those that the configuration enables.
    items: Vec<JailSummaryBody>,
    /// When this was true; `null` when the daemon never answered.
    as_of: Option<String>,
}

/// A jail in a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct JailSummaryBody {
    /// Its name. Text from the daemon.
    name: String,
    /// What it is doing.
    state: JailStateName,
    /// Its counters since the daemon started.
    counters: JailCountersBody,
}

/// What a jail is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = JailState)]
pub(crate) enum JailStateName {
    /// It reads its log and bans.
    Running,
    /// It was told here to stop reading its log; its bans stay.
    Idle,
    /// The configuration enables it, and it does not run.
    Stopped,
}

/// Counters of a jail since the daemon started; zero for a stopped one.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct JailCountersBody {
    /// Addresses that are failing and not banned yet.
    currently_failed: u64,
    /// Failures.
    total_failed: u64,
    /// Bans in force.
    currently_banned: u64,
    /// Bans.
    total_banned: u64,
}

/// All jails with their counters: answered from memory, costs the daemon nothing.
#[utoipa::path(
    get,
    path = "/hosts/{host}/jails",
    tag = "hosts",
    params(
        ("host" = String, Path, description = "Name of the host; `local` is this machine"),
        ("if-none-match" = Option<String>, Header, description = "The `ETag` of an earlier answer")
    ),
    responses(
        (status = 200, body = JailList, headers(
            ("etag" = String, description = "Changes with what is said, not with when"),
            ("bangui-as-of" = Option<String>, description = "`asOf`")
        )),
        (status = 304, description = "Nothing has changed but `asOf`", headers(
            ("bangui-as-of" = Option<String>, description = "When the kept answer was found to be still true")
        )),
        (status = "default", body = Problem, content_type = "application/problem+json")
    ),
    security(("session" = ["hosts:read"]))
)]
pub(super) async fn list_jails(
    _: Caller<HostsRead>,
    State(state): State<ReadState>,
    HostPlace(host): HostPlace,
    held: IfNoneMatch,
) -> Result<Conditional<JailList>, Problem> {
    let host = state.host(&host)?;
    // Asked first: a change in between makes the next answer a full one, never a missed one.
    let revision = held.revision(&state.start, &host.status().await?);
    if revision.is_held() {
        return Ok(revision.unchanged());
    }
    Ok(revision.with(host.jails().await?.into()))
}

impl From<Jails> for JailList {
    fn from(jails: Jails) -> Self {
        Self {
            items: jails.items.into_iter().map(Into::into).collect(),
            as_of: jails.as_of.map(|at| at.to_string()),
        }
    }
}

impl From<JailSummary> for JailSummaryBody {
    fn from(jail: JailSummary) -> Self {
        Self {
            name: jail.name.into(),
            state: jail.state.into(),
            counters: jail.counters.into(),
        }
    }
}

impl From<JailState> for JailStateName {
    fn from(state: JailState) -> Self {
        match state {
            JailState::Running => Self::Running,
            JailState::Idle => Self::Idle,
            JailState::Stopped => Self::Stopped,
        }
    }
}

impl From<JailCounters> for JailCountersBody {
    fn from(counters: JailCounters) -> Self {
        Self {
            currently_failed: counters.currently_failed,
            total_failed: counters.total_failed,
            currently_banned: counters.currently_banned,
            total_banned: counters.total_banned,
        }
    }
}
