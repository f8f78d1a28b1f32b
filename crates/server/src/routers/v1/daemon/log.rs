//! `GET /api/v1/hosts/{host}/log`
use axum::{Json, extract::State};
use domain::{LogLine, LogPage, LogQuery};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    extract::{HostPlace, Params},
    permission::{Caller, LogRead},
    problem::{Problem, ReasonBody},
    state::ReadState,
    words::words,
};

/// Lines of an answer when nothing is said.
const USUAL_LINES: u32 = 200;
/// The most bytes of the text to look for, and of a place in the log.
const MAX_TEXT_BYTES: usize = 1_000;

words! {
    /// How grave a line is.
    pub(crate) enum LogLevelName is domain::LogLevel {
        /// The least.
        Debug,
        /// What happens.
        Info,
        /// Bans and unbans.
        Notice,
        /// Something is odd.
        Warning,
        /// Something failed.
        Error,
        /// The daemon cannot go on.
        Critical,
    }
}

/// Which lines are wanted. Conditions are joined by "and".
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct LogParams {
    /// Only of this level and graver ones.
    level: Option<LogLevelName>,
    /// Only with this text, whatever its case.
    text: Option<String>,
    /// Only lines behind this place: `next` of an earlier answer. When it is not said, the last lines.
    after: Option<String>,
    /// How many lines at most: 1 to 1000, 200 when it is not said.
    limit: Option<u32>,
}

/// Lines in the order of the log.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LogPageBody {
    /// The lines.
    lines: Vec<LogLineBody>,
    /// Where to go on.
    next: String,
    /// Where they come from: a path, `journal`, or the daemon's target that cannot be read.
    source: String,
    /// Why there is nothing to read.
    problem: Option<ReasonBody>,
    /// Whether lines were left out between `after` and the first of these.
    gap: bool,
}

/// A line of the log; what follows it without a head of its own is part of it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LogLineBody {
    /// When; `null` where the line has no time that can be read.
    at: Option<String>,
    /// How grave.
    level: Option<LogLevelName>,
    /// Which part of fail2ban wrote it, such as `actions`.
    logger: Option<String>,
    /// The text, cut where it is very long. May hold text from outside.
    text: String,
    /// Whether it was cut.
    cut: bool,
}

/// fail2ban's own log: its last lines, or those behind a place.
#[utoipa::path(
    get,
    path = "/hosts/{host}/log",
    tag = "daemon",
    params(
        ("host" = String, Path, description = "Name of the host; `local` is this machine"),
        LogParams
    ),
    responses((status = 200, body = LogPageBody), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("session" = ["log:read"]))
)]
pub(super) async fn show_log(
    _: Caller<LogRead>,
    State(state): State<ReadState>,
    HostPlace(host): HostPlace,
    Params(params): Params<LogParams>,
) -> Result<Json<LogPageBody>, Problem> {
    let page = state.config(&host)?.daemon_log(&params.read()?).await?;
    Ok(Json(page.into()))
}

impl LogParams {
    fn read(self) -> Result<LogQuery, Problem> {
        let limit = self.limit.unwrap_or(USUAL_LINES);
        let most = LogQuery::MAX_LINES;
        if !(1..=most).contains(&limit) {
            let message = format!("1 to {most} lines");
            return Err(Problem::invalid("limit", "out-of-range", message));
        }
        for (field, text) in [("text", &self.text), ("after", &self.after)] {
            if text
                .as_ref()
                .is_some_and(|text| text.len() > MAX_TEXT_BYTES)
            {
                let message = format!("at most {MAX_TEXT_BYTES} bytes");
                return Err(Problem::invalid(field, "too-long", message));
            }
        }
        let filled = |text: Option<String>| text.filter(|text| !text.is_empty());
        Ok(LogQuery {
            level: self.level.map(Into::into),
            text: filled(self.text),
            after: filled(self.after),
            limit,
        })
    }
}

impl From<LogPage> for LogPageBody {
    fn from(page: LogPage) -> Self {
        Self {
            lines: page.lines.into_iter().map(Into::into).collect(),
            next: page.next,
            source: page.source,
            problem: page.problem.map(Into::into),
            gap: page.gap,
        }
    }
}

impl From<LogLine> for LogLineBody {
    fn from(line: LogLine) -> Self {
        Self {
            at: line.at.map(|at| at.to_string()),
            level: line.level.map(Into::into),
            logger: line.logger,
            text: line.text,
            cut: line.cut,
        }
    }
}
