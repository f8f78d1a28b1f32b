//! `POST /api/v1/hosts/{host}/bans`
use axum::{
    Json,
    extract::State,
    response::{IntoResponse as _, Response},
};
use domain::{BanOutcome, BanReport, BanResult};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    extract::{Body, HostPlace},
    permission::{BansWrite, Caller},
    problem::{HitBody, Problem},
    routers::v1::jobs::{JobBody, accepted},
    services::bans::{BanAnswer, BanCounts, BanOrder, BanProgress, create, text_of},
    state::WriteState,
};

/// An order to ban.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct BanRequest {
    /// In which jail, which decides for how long.
    jail: String,
    /// Addresses and networks, at most 10,000.
    targets: Vec<String>,
    /// The second yes to banning one's own address.
    #[serde(default)]
    confirm_own_address: bool,
}

/// What became of a ban.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BanReportBody {
    /// One for each target, each target once.
    results: Vec<BanResultBody>,
    /// How many came to what.
    counts: BanCountsBody,
}

/// What became of one target.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BanResultBody {
    /// The target in canonical form.
    target: String,
    /// What became of it.
    outcome: BanOutcomeName,
    /// What the ban would have cut off.
    hits: Vec<HitBody>,
}

/// What became of one target, as the daemon said when it was asked again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum BanOutcomeName {
    /// Banned now, and not before.
    Banned,
    /// Banned before.
    AlreadyBanned,
    /// Refused by the lock-out guard.
    Refused,
    /// Taken by the daemon, and not listed.
    NotListed,
}

/// How many targets came to what.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = BanCounts)]
pub(crate) struct BanCountsBody {
    /// Banned now, and not before.
    banned: usize,
    /// Banned before.
    already_banned: usize,
    /// Refused by the lock-out guard.
    refused: usize,
    /// Taken by the daemon, and not listed.
    not_listed: usize,
}

/// Bans. Up to 20 targets at once; more in a job.
#[utoipa::path(
    post,
    path = "/hosts/{host}/bans",
    tag = "bans",
    params(("host" = String, Path, description = "Name of the host; `local` is this machine")),
    request_body = BanRequest,
    responses(
        (status = 200, body = BanReportBody),
        (status = 202, body = JobBody, headers(("location" = String, description = "Where to ask how it goes on"))),
        (status = "default", body = Problem, content_type = "application/problem+json")
    ),
    security(("session" = ["bans:write"]))
)]
pub(super) async fn create_bans(
    caller: Caller<BansWrite>,
    State(state): State<WriteState>,
    HostPlace(host): HostPlace,
    Body(request): Body<BanRequest>,
) -> Result<Response, Problem> {
    let order = BanOrder {
        host,
        jail: request
            .jail
            .parse()
            .map_err(|error| Problem::invalid("jail", "not-a-jail", error))?,
        targets: request.targets,
        confirm_own_address: request.confirm_own_address,
    };
    Ok(match create(&state, (&caller).into(), order).await? {
        BanAnswer::Report(report) => Json(BanReportBody::from(report)).into_response(),
        BanAnswer::Job(job) => accepted(&state.reads.settings, job),
    })
}

impl From<BanReport> for BanReportBody {
    fn from(report: BanReport) -> Self {
        Self {
            counts: BanProgress::of(&report).counts.into(),
            results: report.results.iter().map(Into::into).collect(),
        }
    }
}

impl From<&BanResult> for BanResultBody {
    fn from(result: &BanResult) -> Self {
        let (outcome, hits) = match &result.outcome {
            BanOutcome::Banned => (BanOutcomeName::Banned, &[][..]),
            BanOutcome::AlreadyBanned => (BanOutcomeName::AlreadyBanned, &[][..]),
            BanOutcome::NotListed => (BanOutcomeName::NotListed, &[][..]),
            BanOutcome::Refused(hits) => (BanOutcomeName::Refused, hits.as_slice()),
        };
        Self {
            target: text_of(result.target),
            outcome,
            hits: hits.iter().map(Into::into).collect(),
        }
    }
}

impl From<BanCounts> for BanCountsBody {
    fn from(counts: BanCounts) -> Self {
        Self {
            banned: counts.banned,
            already_banned: counts.already_banned,
            refused: counts.refused,
            not_listed: counts.not_listed,
        }
    }
}
