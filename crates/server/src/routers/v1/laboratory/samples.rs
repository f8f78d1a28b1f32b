//! `GET` and `PUT /api/v1/hosts/{host}/laboratory/filters/{filter}/samples`
use axum::{Json, extract::State};
use domain::{Sample, Samples};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::test::short;
use crate::{
    extract::{Body, FilterPlace},
    permission::{Caller, ConfigRead, ConfigWrite},
    problem::Problem,
    services::laboratory::Laboratory,
    state::{ReadState, WriteState},
};

/// The most bytes of whom a line must count against: an address or a name.
const MAX_HOST_BYTES: usize = 1_000;

/// Lines that are kept with a filter, and what is expected of them. They are read in their order as lines of one log.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SamplesBody {
    /// At most 200.
    items: Vec<SampleBody>,
}

/// A line that is kept with a filter.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SampleBody {
    /// The line.
    pub(super) line: String,
    /// Whom it must count against; `null` where it must not match.
    pub(super) host: Option<String>,
    /// What it is about, for people.
    #[serde(default)]
    pub(super) note: String,
}

/// The sample lines of a filter.
#[utoipa::path(
    get,
    path = "/hosts/{host}/laboratory/filters/{filter}/samples",
    tag = "laboratory",
    params(
        ("host" = String, Path, description = "Name of the host; `local` is this machine"),
        ("filter" = String, Path, description = "Name of the filter, percent-encoded")
    ),
    responses((status = 200, body = SamplesBody), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("session" = ["config:read"]))
)]
pub(super) async fn show_samples(
    _: Caller<ConfigRead>,
    State(state): State<ReadState>,
    FilterPlace { host, filter }: FilterPlace,
) -> Result<Json<SamplesBody>, Problem> {
    let samples = state.config(&host)?.filter_samples(&filter).await?;
    Ok(Json(samples.into()))
}

/// Replaces the sample lines of a filter. They are run before any change that touches it.
#[utoipa::path(
    put,
    path = "/hosts/{host}/laboratory/filters/{filter}/samples",
    tag = "laboratory",
    params(
        ("host" = String, Path, description = "Name of the host; `local` is this machine"),
        ("filter" = String, Path, description = "Name of the filter, percent-encoded")
    ),
    request_body = SamplesBody,
    responses((status = 200, body = SamplesBody), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("session" = ["config:write"]))
)]
pub(super) async fn set_samples(
    caller: Caller<ConfigWrite>,
    State(state): State<WriteState>,
    FilterPlace { host, filter }: FilterPlace,
    Body(request): Body<SamplesBody>,
) -> Result<Json<SamplesBody>, Problem> {
    let laboratory = Laboratory::new(&state, (&caller).into(), host)?;
    let samples = laboratory.set_samples(filter, request.read()?).await?;
    Ok(Json(samples.into()))
}

impl SamplesBody {
    fn read(self) -> Result<Samples, Problem> {
        if self.items.len() > Samples::MAX {
            let message = format!("at most {} samples", Samples::MAX);
            return Err(Problem::invalid("items", "length", message));
        }
        let items = self.items.into_iter().enumerate();
        let items = items.map(|(index, sample)| sample.read(&format!("items[{index}]")));
        Ok(Samples {
            items: items.collect::<Result<_, _>>()?,
        })
    }
}

impl SampleBody {
    fn read(self, field: &str) -> Result<Sample, Problem> {
        if self.line.is_empty() || self.line.contains(['\n', '\r', '\0']) {
            let message = "one line of a log, without its end";
            return Err(Problem::invalid(
                format!("{field}.line"),
                "not-a-line",
                message,
            ));
        }
        short(
            &format!("{field}.line"),
            &self.line,
            Samples::MAX_LINE_BYTES,
        )?;
        if self.note.chars().count() > Samples::MAX_NOTE_CHARS {
            let message = format!("at most {} characters", Samples::MAX_NOTE_CHARS);
            return Err(Problem::invalid(
                format!("{field}.note"),
                "too-long",
                message,
            ));
        }
        let host = self.host.as_deref().unwrap_or_default();
        short(&format!("{field}.host"), host, MAX_HOST_BYTES)?;
        Ok(Sample {
            line: self.line,
            host: self.host,
            note: self.note,
        })
    }
}

impl From<Samples> for SamplesBody {
    fn from(samples: Samples) -> Self {
        Self {
            items: samples.items.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<Sample> for SampleBody {
    fn from(sample: Sample) -> Self {
        Self {
            line: sample.line,
            host: sample.host,
            note: sample.note,
        }
    }
}
