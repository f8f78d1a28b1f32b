//! What a test of a filter found.
use std::collections::BTreeMap;

use domain::{LineSpan, RegexCount, RegexReport, TestedLine};
use serde::Serialize;
use utoipa::ToSchema;

use crate::words::words;

words! {
    /// What became of a line.
    pub(crate) enum LineOutcomeName is domain::LineOutcome {
        /// A failregex matched.
        Matched,
        /// An ignoreregex matched.
        Ignored,
        /// A failregex matched that does not count by itself: it tells more about a failure of other lines, or waits for the line that names the host.
        Context,
        /// Nothing matched.
        Missed,
    }
}

/// What a test found. A match over several lines is told at its last line.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RegexReportBody {
    /// Why fail2ban does not take the filter, or stopped within the lines, in its own words; what else is told is what was found until then. May hold
    /// text from outside.
    refused: Option<String>,
    /// Lines that were looked at.
    total: u64,
    /// Matched by a failregex.
    matched: u64,
    /// Matched by an ignoreregex.
    ignored: u64,
    /// Matched by a failregex that does not count by itself.
    context: u64,
    /// Matched by nothing.
    missed: u64,
    /// Lines without a time that was understood.
    without_time: u64,
    /// Each failregex.
    failregex: Vec<RegexCountBody>,
    /// Each ignoreregex.
    ignoreregex: Vec<RegexCountBody>,
    /// The lines; at most as many as an answer may hold.
    lines: Vec<TestedLineBody>,
    /// Whether there were more lines than are told.
    lines_cut: bool,
    /// How long it took.
    milliseconds: u64,
}

/// How often an expression matched.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RegexCountBody {
    /// The expression, as fail2ban has it.
    regex: String,
    /// How many lines it matched first; fail2ban asks no further.
    matched: u64,
}

/// A line with what was found in it. All its texts may come from outside.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TestedLineBody {
    /// Its number among the tested ones, from 1.
    number: u64,
    /// Its text, cut where it is very long.
    text: String,
    /// What became of it.
    outcome: LineOutcomeName,
    /// Whether the text was cut.
    cut: bool,
    /// Which failregex (or ignoreregex) matched, from 0.
    regex: Option<usize>,
    /// Whom it would count against.
    host: Option<String>,
    /// The time that was understood; `null` where none was.
    time: Option<String>,
    /// What was captured, by name, also by earlier lines of the same session.
    fields: BTreeMap<String, String>,
    /// Where host, time and fields stand in the text; only what this line itself has.
    spans: Vec<LineSpanBody>,
}

/// Where something that was found stands in a line.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LineSpanBody {
    /// `host`, `time`, or the name of a captured field.
    name: String,
    /// Where it begins, in UTF-16 code units.
    start: usize,
    /// Where it ends.
    end: usize,
    /// Whether it can be nowhere else; otherwise it is the first of several places that fit.
    exact: bool,
}

impl From<RegexReport> for RegexReportBody {
    fn from(report: RegexReport) -> Self {
        Self {
            refused: report.refused,
            total: report.total,
            matched: report.matched,
            ignored: report.ignored,
            context: report.context,
            missed: report.missed,
            without_time: report.without_time,
            failregex: report.failregex.into_iter().map(Into::into).collect(),
            ignoreregex: report.ignoreregex.into_iter().map(Into::into).collect(),
            lines: report.lines.into_iter().map(Into::into).collect(),
            lines_cut: report.lines_cut,
            milliseconds: report.milliseconds,
        }
    }
}

impl From<RegexCount> for RegexCountBody {
    fn from(count: RegexCount) -> Self {
        Self {
            regex: count.regex,
            matched: count.matched,
        }
    }
}

impl From<TestedLine> for TestedLineBody {
    fn from(line: TestedLine) -> Self {
        Self {
            number: line.number,
            text: line.text,
            outcome: line.outcome.into(),
            cut: line.cut,
            regex: line.regex,
            host: line.host,
            time: line.time.map(|at| at.to_string()),
            fields: line.fields,
            spans: line.spans.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<LineSpan> for LineSpanBody {
    fn from(span: LineSpan) -> Self {
        Self {
            name: span.name,
            start: span.start,
            end: span.end,
            exact: span.exact,
        }
    }
}
