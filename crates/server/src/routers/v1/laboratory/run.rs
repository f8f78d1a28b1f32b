//! `POST /api/v1/hosts/{host}/laboratory/filters/{filter}/samples/run`
use axum::{Json, extract::State};
use domain::{SampleMatch, SampleResult, SamplesReport};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    report::LineOutcomeName,
    samples::SampleBody,
    test::{MAX_TEXT_BYTES, short},
};
use crate::{
    extract::{Body, FilterPlace},
    permission::{Caller, LaboratoryUse},
    problem::Problem,
    state::WriteState,
};

/// How the samples are run.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RunSamplesRequest {
    /// Unsaved text in the place of the filter's `.local`: at most 1 MiB; `null` for the filter as its files have it.
    text: Option<String>,
}

/// What became of all samples of a filter.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SamplesReportBody {
    /// Why fail2ban does not take the filter, in its own words; no sample passed then. May hold text from outside.
    refused: Option<String>,
    /// Each.
    results: Vec<SampleResultBody>,
}

/// What became of a sample.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SampleResultBody {
    /// Which.
    sample: SampleBody,
    /// Whether it did as expected.
    passed: bool,
    /// What matched; `null` where nothing did.
    found: Option<SampleMatchBody>,
}

/// What matched the line of a sample.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SampleMatchBody {
    /// What became of the line; never `missed`.
    outcome: LineOutcomeName,
    /// Whom it counts against. May hold text from outside.
    host: Option<String>,
    /// Which failregex (or ignoreregex) matched, from 0.
    number: usize,
    /// The expression, as fail2ban has it. May hold text from outside.
    regex: String,
}

/// Runs the sample lines of a filter.
#[utoipa::path(
    post,
    path = "/hosts/{host}/laboratory/filters/{filter}/samples/run",
    tag = "laboratory",
    params(
        ("host" = String, Path, description = "Name of the host; `local` is this machine"),
        ("filter" = String, Path, description = "Name of the filter, percent-encoded")
    ),
    request_body = RunSamplesRequest,
    responses((status = 200, body = SamplesReportBody), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("session" = ["laboratory:use"]))
)]
pub(super) async fn run_samples(
    _: Caller<LaboratoryUse>,
    State(state): State<WriteState>,
    FilterPlace { host, filter }: FilterPlace,
    Body(request): Body<RunSamplesRequest>,
) -> Result<Json<SamplesReportBody>, Problem> {
    let host = state.config(&host)?;
    let text = request.text.as_deref();
    short("text", text.unwrap_or_default(), MAX_TEXT_BYTES)?;
    Ok(Json(host.run_filter_samples(&filter, text).await?.into()))
}

impl From<SamplesReport> for SamplesReportBody {
    fn from(report: SamplesReport) -> Self {
        Self {
            refused: report.refused,
            results: report.results.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<SampleResult> for SampleResultBody {
    fn from(result: SampleResult) -> Self {
        Self {
            sample: result.sample.into(),
            passed: result.passed,
            found: result.found.map(Into::into),
        }
    }
}

impl From<SampleMatch> for SampleMatchBody {
    fn from(found: SampleMatch) -> Self {
        Self {
            outcome: found.outcome.into(),
            host: found.host,
            number: found.number,
            regex: found.regex,
        }
    }
}
