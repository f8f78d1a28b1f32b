//! `POST /api/v1/hosts/{host}/laboratory/test`
use std::collections::BTreeMap;

use axum::{Json, extract::State};
use domain::{JournalMatches, RegexSource, RegexTest, RegexTestLimits, TestedLines};
use serde::Deserialize;
use utoipa::ToSchema;

use super::report::RegexReportBody;
use crate::{
    extract::{Body, HostPlace},
    permission::{Caller, LaboratoryUse},
    problem::Problem,
    services::laboratory::Laboratory,
    state::WriteState,
};

/// The most bytes of lines that are pasted, and of a filter's text.
pub(super) const MAX_TEXT_BYTES: usize = 1024 * 1024;
/// The most expressions, parameters or conditions.
const MAX_PARTS: usize = 200;
/// The most bytes of one of them, and of a path.
const MAX_PART_BYTES: usize = 16 * 1024;

/// A test of a filter.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct RegexTestRequest {
    /// What is tried.
    source: RegexSourceBody,
    /// On what.
    lines: TestedLinesBody,
    /// The most lines that are looked at, the last ones: 1 to 10000, 2000 when it is not said.
    max_lines: Option<u32>,
}

/// What is tried.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", tag = "from", deny_unknown_fields)]
#[schema(as = RegexSource)]
pub(crate) enum RegexSourceBody {
    /// A filter as its files have it.
    Filter {
        /// Which.
        name: String,
        /// Parameters, such as `mode` with `aggressive`.
        #[serde(default)]
        parameters: BTreeMap<String, String>,
    },
    /// A filter with unsaved text in the place of its `.local`.
    Text {
        /// The filter whose `.local` it is.
        name: String,
        /// The unsaved text: at most 1 MiB.
        text: String,
        /// Parameters.
        #[serde(default)]
        parameters: BTreeMap<String, String>,
    },
    /// Expressions by themselves, as fail2ban has them: `%` is one `%`, and nothing is interpolated.
    Regexes {
        /// What matches a failure.
        failregex: Vec<String>,
        /// What is passed over.
        #[serde(default)]
        ignoreregex: Vec<String>,
        /// How times are written; `null` for the usual ways.
        datepattern: Option<String>,
    },
}

/// On what it is tried.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", tag = "from", deny_unknown_fields)]
#[schema(as = TestedLines)]
pub(crate) enum TestedLinesBody {
    /// Lines of text.
    Pasted {
        /// At most 1 MiB.
        text: String,
    },
    /// The last lines of a log file in a folder that may be read.
    File {
        /// Its absolute path.
        path: String,
    },
    /// The journal.
    Journal {
        /// Conditions such as `_SYSTEMD_UNIT=sshd.service`: all of them, with `+` for "or".
        matches: Vec<String>,
    },
}

/// Tries a filter with fail2ban's own program: per line what matched, whom it would count against, and which time was understood.
#[utoipa::path(
    post,
    path = "/hosts/{host}/laboratory/test",
    tag = "laboratory",
    params(("host" = String, Path, description = "Name of the host; `local` is this machine")),
    request_body = RegexTestRequest,
    responses((status = 200, body = RegexReportBody), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("session" = ["laboratory:use"]))
)]
pub(super) async fn test_filter(
    caller: Caller<LaboratoryUse>,
    State(state): State<WriteState>,
    HostPlace(host): HostPlace,
    Body(request): Body<RegexTestRequest>,
) -> Result<Json<RegexReportBody>, Problem> {
    let laboratory = Laboratory::new(&state, (&caller).into(), host)?;
    Ok(Json(laboratory.test(request.read()?).await?.into()))
}

impl RegexTestRequest {
    fn read(self) -> Result<RegexTest, Problem> {
        let most = RegexTestLimits::MAX_LINES;
        let limits = self
            .max_lines
            .map_or_else(RegexTestLimits::default, |max_lines| RegexTestLimits {
                max_lines,
            });
        if !(1..=most).contains(&limits.max_lines) {
            let message = format!("1 to {most} lines");
            return Err(Problem::invalid("maxLines", "out-of-range", message));
        }
        Ok(RegexTest {
            source: self.source.read()?,
            lines: self.lines.read()?,
            limits,
        })
    }
}

impl RegexSourceBody {
    fn read(self) -> Result<RegexSource, Problem> {
        Ok(match self {
            Self::Filter { name, parameters } => {
                few("source.parameters", parameters.values())?;
                RegexSource::Filter {
                    name: filter("source.name", &name)?,
                    parameters,
                }
            }
            Self::Text {
                name,
                text,
                parameters,
            } => {
                few("source.parameters", parameters.values())?;
                short("source.text", &text, MAX_TEXT_BYTES)?;
                RegexSource::Text {
                    name: filter("source.name", &name)?,
                    text,
                    parameters,
                }
            }
            Self::Regexes {
                failregex,
                ignoreregex,
                datepattern,
            } => {
                few("source.failregex", failregex.iter())?;
                few("source.ignoreregex", ignoreregex.iter())?;
                few("source.datepattern", datepattern.iter())?;
                RegexSource::Regexes {
                    failregex,
                    ignoreregex,
                    datepattern,
                }
            }
        })
    }
}

impl TestedLinesBody {
    fn read(self) -> Result<TestedLines, Problem> {
        Ok(match self {
            Self::Pasted { text } => {
                short("lines.text", &text, MAX_TEXT_BYTES)?;
                TestedLines::Pasted { text }
            }
            Self::File { path } => {
                short("lines.path", &path, MAX_PART_BYTES)?;
                TestedLines::File { path }
            }
            Self::Journal { matches } => {
                few("lines.matches", matches.iter())?;
                TestedLines::Journal {
                    matches: JournalMatches(matches),
                }
            }
        })
    }
}

/// The name of a filter in a request.
pub(super) fn filter(field: &str, name: &str) -> Result<domain::ItemName, Problem> {
    name.parse()
        .map_err(|error| Problem::invalid(field, "not-a-name", error))
}

/// Refuses text that is too long.
pub(super) fn short(field: &str, text: &str, most: usize) -> Result<(), Problem> {
    if text.len() <= most {
        return Ok(());
    }
    let message = format!("at most {most} bytes");
    Err(Problem::invalid(field, "too-long", message))
}

fn few<'a>(field: &str, parts: impl ExactSizeIterator<Item = &'a String>) -> Result<(), Problem> {
    if parts.len() > MAX_PARTS {
        let message = format!("at most {MAX_PARTS}");
        return Err(Problem::invalid(field, "length", message));
    }
    for part in parts {
        short(field, part, MAX_PART_BYTES)?;
    }
    Ok(())
}
