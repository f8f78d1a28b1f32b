//! `GET /api/v1/hosts/{host}/status`
use axum::extract::State;
use domain::{DaemonState, DownReason, HostStatus, Totals};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    extract::{Conditional, HostPlace, IfNoneMatch},
    permission::{Caller, HostsRead},
    problem::Problem,
    state::ReadState,
};

/// The host in one look, as of the last poll.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HostStatusBody {
    /// Which host.
    host: String,
    /// Whether the daemon answers.
    daemon: DaemonBody,
    /// The socket that is asked.
    socket: String,
    /// When the numbers were true; `null` when the daemon never answered.
    as_of: Option<String>,
    /// When the daemon was last asked, with or without success.
    checked_at: Option<String>,
    /// Sums over all jails.
    totals: TotalsBody,
}

/// Whether the daemon answers.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DaemonBody {
    /// Whether it answers.
    state: DaemonStateName,
    /// Its version, when it answers.
    version: Option<String>,
    /// Why it does not answer.
    reason: Option<DownReasonName>,
    /// The reason in one sentence.
    detail: Option<String>,
    /// What to do about it.
    remedy: Option<String>,
    /// Since when it does not answer.
    since: Option<String>,
}

/// Whether the daemon answers.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum DaemonStateName {
    /// It does.
    Up,
    /// It does not.
    Down,
    /// It has not been asked yet.
    Connecting,
}

/// Why the daemon does not answer.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum DownReasonName {
    /// There is no socket.
    SocketMissing,
    /// The socket may not be opened.
    NoPermission,
    /// Nobody listens.
    Refused,
    /// Busy or hung.
    NotAnswering,
    /// It does not answer as fail2ban would.
    Protocol,
}

/// Sums over all jails.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TotalsBody {
    /// Running jails.
    jails: u64,
    /// Addresses that are failing and not banned yet.
    currently_failed: u64,
    /// Failures since the daemon started.
    total_failed: u64,
    /// Bans in force.
    currently_banned: u64,
    /// Bans since the daemon started.
    total_banned: u64,
}

/// The state of the host: answered from memory, costs the daemon nothing.
#[utoipa::path(
    get,
    path = "/hosts/{host}/status",
    tag = "hosts",
    params(
        ("host" = String, Path, description = "Name of the host; `local` is this machine"),
        ("if-none-match" = Option<String>, Header, description = "The `ETag` of an earlier answer")
    ),
    responses(
        (status = 200, body = HostStatusBody, headers(
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
pub(super) async fn host_status(
    _: Caller<HostsRead>,
    State(state): State<ReadState>,
    HostPlace(host): HostPlace,
    held: IfNoneMatch,
) -> Result<Conditional<HostStatusBody>, Problem> {
    let status = state.host(&host)?.status().await?;
    let revision = held.revision(&state.start, &status);
    if revision.is_held() {
        return Ok(revision.unchanged());
    }
    Ok(revision.with(status.into()))
}

impl From<HostStatus> for HostStatusBody {
    fn from(status: HostStatus) -> Self {
        Self {
            host: status.host.to_string(),
            daemon: status.daemon.into(),
            socket: status.socket,
            as_of: status.as_of.map(|at| at.to_string()),
            checked_at: status.checked_at.map(|at| at.to_string()),
            totals: status.totals.into(),
        }
    }
}

impl From<DaemonState> for DaemonBody {
    fn from(state: DaemonState) -> Self {
        let mut body = Self {
            state: DaemonStateName::Connecting,
            version: None,
            reason: None,
            detail: None,
            remedy: None,
            since: None,
        };
        match state {
            DaemonState::Connecting => {}
            DaemonState::Up { version } => {
                body.state = DaemonStateName::Up;
                body.version = Some(version);
            }
            DaemonState::Down {
                reason,
                detail,
                remedy,
                since,
            } => {
                body.state = DaemonStateName::Down;
                body.reason = Some(reason.into());
                body.detail = Some(detail);
                body.remedy = Some(remedy);
                body.since = Some(since.to_string());
            }
        }
        body
    }
}

impl From<DownReason> for DownReasonName {
    fn from(reason: DownReason) -> Self {
        match reason {
            DownReason::SocketMissing => Self::SocketMissing,
            DownReason::NoPermission => Self::NoPermission,
            DownReason::Refused => Self::Refused,
            DownReason::NotAnswering => Self::NotAnswering,
            DownReason::Protocol => Self::Protocol,
        }
    }
}

impl From<Totals> for TotalsBody {
    fn from(totals: Totals) -> Self {
        Self {
            jails: totals.jails,
            currently_failed: totals.currently_failed,
            total_failed: totals.total_failed,
            currently_banned: totals.currently_banned,
            total_banned: totals.total_banned,
        }
    }
}
