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
    /// Expressions by themselves.
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
    /// The most lines that are looked at: the last ones.
    pub max_lines: u32,
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
    /// Nothing matched.
    Missed,
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
    /// Which failregex (or ignoreregex) matched, from 0.
    pub regex: Option<usize>,
    /// Whom it would count against. Hostile text.
    pub host: Option<String>,
    /// The time that was understood; `None` where none was.
    pub time: Option<Timestamp>,
    /// What was captured, by name (`user`, `port` …). Hostile text.
    pub fields: BTreeMap<String, String>,
}

/// How often an expression matched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RegexCount {
    /// The expression, as fail2ban has it. Hostile text.
    pub regex: String,
    /// How often.
    pub matched: u64,
}

/// What a test found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RegexReport {
    /// Lines that were looked at.
    pub total: u64,
    /// Matched by a failregex.
    pub matched: u64,
    /// Matched by an ignoreregex.
    pub ignored: u64,
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Samples {
    /// At most 200.
    pub items: Vec<Sample>,
}

/// What became of a sample.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SampleResult {
    /// Which.
    pub sample: Sample,
    /// Whether it did as expected.
    pub passed: bool,
    /// What matched, or that nothing did. Hostile text.
    pub found: Option<String>,
}

/// What became of all samples of a filter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SamplesReport {
    /// Each.
    pub results: Vec<SampleResult>,
}
