//! Trying filters on lines.
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::ItemName;
use crate::Timestamp;

/// What is tried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "from")]
pub enum RegexSource {
    /// A filter as its files have it, with parameters such as `mode=aggressive`.
    #[serde(rename_all = "camelCase")]
    Filter {
        /// Which.
        name: ItemName,
        /// Parameters.
        parameters: BTreeMap<String, String>,
    },
    /// A filter with unsaved text in the place of its `.local`.
    #[serde(rename_all = "camelCase")]
    Text {
        /// The filter whose `.local` it is.
        name: ItemName,
        /// The unsaved text.
        text: String,
        /// Parameters.
        parameters: BTreeMap<String, String>,
    },
    /// Expressions by themselves: as fail2ban has them, so `%` is one `%`, and nothing is interpolated.
    #[serde(rename_all = "camelCase")]
    Regexes {
        /// `failregex`, each.
        failregex: Vec<String>,
        /// `ignoreregex`, each.
        ignoreregex: Vec<String>,
        /// `datepattern`.
        datepattern: Option<String>,
    },
}

/// On what it is tried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "from")]
pub enum TestedLines {
    /// Lines of text.
    #[serde(rename_all = "camelCase")]
    Pasted {
        /// The text.
        text: String,
    },
    /// The last lines of a log file in a folder that may be read.
    #[serde(rename_all = "camelCase")]
    File {
        /// Its absolute path.
        path: String,
    },
    /// The journal.
    #[serde(rename_all = "camelCase")]
    Journal {
        /// Matches such as `_SYSTEMD_UNIT=sshd.service`.
        matches: JournalMatches,
    },
}

/// Conditions of the journal: `FIELD=value` each, all of them, with `+` for "or".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct JournalMatches(pub Vec<String>);

/// How much a test may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RegexTestLimits {
    /// The most lines that are looked at: the last ones. More than [`Self::MAX_LINES`] counts as that many.
    pub max_lines: u32,
}

impl RegexTestLimits {
    /// The most lines of a test.
    pub const MAX_LINES: u32 = 10_000;
}

impl Default for RegexTestLimits {
    fn default() -> Self {
        Self { max_lines: 2_000 }
    }
}

/// A test of a filter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RegexTest {
    /// What is tried.
    pub source: RegexSource,
    /// On what.
    pub lines: TestedLines,
    /// How much it may take.
    pub limits: RegexTestLimits,
}

/// What became of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum LineOutcome {
    /// A failregex matched.
    Matched,
    /// An ignoreregex matched.
    Ignored,
    /// A failregex matched that does not count by itself: it only tells more about a failure of other lines (`<F-NOFAIL>`), or waits for
    /// the line that names the host.
    Context,
    /// Nothing matched.
    Missed,
}

/// Where something that was found stands in a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LineSpan {
    /// `host`, `time`, or the name of a captured field.
    pub name: String,
    /// Where it begins, in UTF-16 code units as browsers count text.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
    /// Whether it can be nowhere else. fail2ban tells what was captured and not where: of several places this is the first that fits the order of the expression.
    pub exact: bool,
}

/// A line with what was found in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TestedLine {
    /// Its number among the tested ones, from 1.
    pub number: u64,
    /// Its text, cut where it is very long. Hostile text.
    pub text: String,
    /// What became of it.
    pub outcome: LineOutcome,
    /// Whether the text was cut.
    pub cut: bool,
    /// Which failregex (or ignoreregex) matched, from 0.
    pub regex: Option<usize>,
    /// Whom it would count against. Hostile text.
    pub host: Option<String>,
    /// The time that was understood; `None` where none was.
    pub time: Option<Timestamp>,
    /// What was captured, by name (`user`, `port` …), also by earlier lines of the same session. Hostile text.
    pub fields: BTreeMap<String, String>,
    /// Where host, time and fields stand in the text; only what this line itself has.
    pub spans: Vec<LineSpan>,
}

/// How often an expression matched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RegexCount {
    /// The expression, as fail2ban has it. Hostile text.
    pub regex: String,
    /// How many lines it matched first; fail2ban asks no further.
    pub matched: u64,
}

/// What a test found. A match over several lines is told at its last line.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RegexReport {
    /// Why fail2ban does not take the filter, or stopped within the lines, in its own words: an expression that cannot be compiled, an option
    /// that comes twice. What else is told is what was found until then.
    pub refused: Option<String>,
    /// Lines that were looked at.
    pub total: u64,
    /// Matched by a failregex.
    pub matched: u64,
    /// Matched by an ignoreregex.
    pub ignored: u64,
    /// Matched by a failregex that does not count by itself.
    pub context: u64,
    /// Matched by nothing.
    pub missed: u64,
    /// Lines without a time that was understood.
    pub without_time: u64,
    /// Each failregex.
    pub failregex: Vec<RegexCount>,
    /// Each ignoreregex.
    pub ignoreregex: Vec<RegexCount>,
    /// The lines; at most as many as an answer may hold, matched ones first kept.
    pub lines: Vec<TestedLine>,
    /// Whether there were more lines than are told.
    pub lines_cut: bool,
    /// How long it took.
    pub milliseconds: u64,
}

/// A line that is kept with a filter, and what is expected of it.
///
/// The samples of a filter are read in their order as lines of one log, so several can tell one session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Sample {
    /// The line.
    pub line: String,
    /// Whom it must count against; `None` where it must not match.
    pub host: Option<String>,
    /// What it is about, for people.
    pub note: String,
}

/// The samples of a filter.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Samples {
    /// At most [`Self::MAX`].
    pub items: Vec<Sample>,
}

impl Samples {
    /// The most samples of a filter.
    pub const MAX: usize = 200;
    /// The most bytes of a sample's line.
    pub const MAX_LINE_BYTES: usize = 4 << 10;
    /// The most characters of a sample's note.
    pub const MAX_NOTE_CHARS: usize = 200;
}

/// What became of a sample.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SampleResult {
    /// Which.
    pub sample: Sample,
    /// Whether it did as expected.
    pub passed: bool,
    /// What matched; `None` where nothing did.
    pub found: Option<SampleMatch>,
}

/// What matched the line of a sample.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SampleMatch {
    /// What became of the line; never missed.
    pub outcome: LineOutcome,
    /// Whom it counts against. Hostile text.
    pub host: Option<String>,
    /// Which failregex (or ignoreregex) matched, from 0.
    pub number: usize,
    /// The expression, as fail2ban has it. Hostile text.
    pub regex: String,
}

/// What became of all samples of a filter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SamplesReport {
    /// Why fail2ban does not take the filter, in its own words; no sample passed then.
    pub refused: Option<String>,
    /// Each.
    pub results: Vec<SampleResult>,
}
