//! `POST /api/v1/hosts/{host}/unbans`
use axum::{
    Json,
    extract::State,
    response::{IntoResponse as _, Response},
};
use domain::JailName;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    extract::{Body, HostPlace},
    permission::{BansWrite, Caller},
    problem::Problem,
    routers::v1::jobs::{JobBody, accepted},
    services::bans::{UnbanAnswer, UnbanOrder, UnbanResultOf, remove},
    state::WriteState,
};

/// An order to unban.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UnbanRequest {
    /// Whom and where, at most 10,000.
    targets: Vec<UnbanTarget>,
}

/// Whom to unban where.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UnbanTarget {
    /// Whom, as the list of bans says it.
    subject: String,
    /// In which jail; in every one when it is `null` or not said.
    jail: Option<String>,
}

/// What became of an unban.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UnbanReportBody {
    /// One for each target, each target once.
    results: Vec<UnbanResultBody>,
    /// How many bans ended.
    unbanned: usize,
}

/// What became of one target.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UnbanResultBody {
    /// Whom.
    subject: String,
    /// In which jail; `null` for every one.
    jail: Option<String>,
    /// The jails in which the subject was banned and is not any more; empty when it was not banned there.
    unbanned_in: Vec<String>,
    /// The jails that list it still.
    still_banned_in: Vec<String>,
}

/// Unbans. Up to 100 targets at once; more in a job.
#[utoipa::path(
    post,
    path = "/hosts/{host}/unbans",
    tag = "bans",
    params(("host" = String, Path, description = "Name of the host; `local` is this machine")),
    request_body = UnbanRequest,
    responses(
        (status = 200, body = UnbanReportBody),
        (status = 202, body = JobBody, headers(("location" = String, description = "Where to ask how it goes on"))),
        (status = "default", body = Problem, content_type = "application/problem+json")
    ),
    security(("session" = ["bans:write"]))
)]
pub(super) async fn remove_bans(
    caller: Caller<BansWrite>,
    State(state): State<WriteState>,
    HostPlace(host): HostPlace,
    Body(request): Body<UnbanRequest>,
) -> Result<Response, Problem> {
    let orders = request.targets.into_iter().map(Into::into).collect();
    let answer = remove(&state, (&caller).into(), host, orders).await?;
    Ok(match answer {
        UnbanAnswer::Report(results) => Json(UnbanReportBody::from(results)).into_response(),
        UnbanAnswer::Job(job) => accepted(&state.reads.settings, job),
    })
}

impl From<UnbanTarget> for UnbanOrder {
    fn from(target: UnbanTarget) -> Self {
        Self {
            subject: target.subject,
            jail: target.jail,
        }
    }
}

impl From<Vec<UnbanResultOf>> for UnbanReportBody {
    fn from(results: Vec<UnbanResultOf>) -> Self {
        Self {
            unbanned: results.iter().map(|r| r.unbanned_in.len()).sum(),
            results: results.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<UnbanResultOf> for UnbanResultBody {
    fn from(result: UnbanResultOf) -> Self {
        let names =
            |names: Vec<JailName>| -> Vec<String> { names.into_iter().map(Into::into).collect() };
        Self {
            subject: result.subject.to_string(),
            jail: result.jail.map(Into::into),
            unbanned_in: names(result.unbanned_in),
            still_banned_in: names(result.still_banned_in),
        }
    }
}
