//! `GET /api/v1/jobs/{id}`
use axum::{Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    extract::Segments,
    permission::{BansRead, Caller},
    problem::{Code, Problem, TargetHits},
    routers::v1::bans::BanCountsBody,
    services::jobs::{JobKind, JobState, JobView},
    state::ReadState,
};

/// A job as it stands now.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct JobBody {
    /// Its name.
    id: String,
    /// What it does.
    kind: JobKindName,
    /// How it stands.
    state: JobStateName,
    /// Its targets.
    total: usize,
    /// How many of them were seen to.
    done: usize,
    /// What became of the targets of a ban so far; `null` for an unban.
    counts: Option<BanCountsBody>,
    /// How many bans an unban ended so far; `null` for a ban.
    unbanned: Option<usize>,
    /// What the lock-out guard refused: the first 100.
    refused: Vec<TargetHits>,
    /// Why it failed.
    error: Option<Problem>,
    /// When it was asked for.
    started_at: String,
    /// When it ended; `null` while it goes on.
    finished_at: Option<String>,
}

/// What a job does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum JobKindName {
    /// It bans.
    Ban,
    /// It unbans.
    Unban,
}

/// How a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum JobStateName {
    /// It goes on, or waits for another one to end.
    Running,
    /// All targets were seen to.
    Done,
    /// The host did not go on; what was done stays done.
    Failed,
    /// It was stopped; what was done stays done.
    Cancelled,
}

/// How a job stands. A finished one can be asked for during 15 minutes.
#[utoipa::path(
    get,
    path = "/jobs/{id}",
    tag = "bans",
    params(("id" = String, Path, description = "Name of the job")),
    responses((status = 200, body = JobBody), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("session" = ["bans:read"]))
)]
pub(super) async fn show_job(
    _: Caller<BansRead>,
    State(state): State<ReadState>,
    Segments(id): Segments<String>,
) -> Result<Json<JobBody>, Problem> {
    let job = state
        .jobs
        .job(&id)
        .ok_or_else(|| Problem::new(Code::JobNotFound))?;
    Ok(Json(job.into()))
}

impl From<JobView> for JobBody {
    fn from(job: JobView) -> Self {
        let (state, error) = match job.state {
            JobState::Running => (JobStateName::Running, None),
            JobState::Done => (JobStateName::Done, None),
            JobState::Failed(problem) => (JobStateName::Failed, Some(*problem)),
            JobState::Cancelled => (JobStateName::Cancelled, None),
        };
        let (kind, counts, unbanned) = match job.kind {
            JobKind::Ban => (JobKindName::Ban, Some(job.counts.into()), None),
            JobKind::Unban => (JobKindName::Unban, None, Some(job.unbanned)),
        };
        Self {
            id: job.id,
            kind,
            state,
            total: job.total,
            done: job.done,
            counts,
            unbanned,
            refused: job.refused,
            error,
            started_at: job.started_at.to_string(),
            finished_at: job.finished_at.map(|at| at.to_string()),
        }
    }
}
