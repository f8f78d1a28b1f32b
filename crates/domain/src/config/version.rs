//! Versions of the configuration, kept by their content.
use serde::{Deserialize, Serialize};

use super::{ConfigAuthor, ConfigChange, ConfigPath, Sha256, StepState, UndoReport, VersionId};
use crate::Timestamp;

/// Where a version came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum VersionOrigin {
    /// What was there when BanGUI first looked.
    First,
    /// A plan that was applied.
    Applied,
    /// Something else than BanGUI changed the files.
    Outside,
    /// A plan that was not confirmed, or was taken back.
    Reverted,
    /// What a start found half done, and put right.
    Recovered,
}

/// What became of a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum VersionOutcome {
    /// Took effect.
    InForce,
    /// Failed, and everything was put back.
    Undone,
    /// Waits to be confirmed.
    WaitsForConfirmation,
    /// Took effect, was not confirmed or was taken back.
    Reverted,
    /// Failed, and not everything could be put back.
    Broken,
}

/// A file of a version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StoredFile {
    /// Which.
    pub path: ConfigPath,
    /// The hash of its content, by which it is kept.
    pub sha256: Sha256,
    /// Bytes.
    pub size: u64,
    /// Permission bits.
    pub mode: u32,
}

/// A person's word that a change is to stay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Confirmation {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub author: ConfigAuthor,
}

/// A version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Version {
    /// Its number.
    pub id: VersionId,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub author: ConfigAuthor,
    /// Why, as the person said. Hostile text.
    pub note: String,
    /// Where it came from.
    pub origin: VersionOrigin,
    /// What became of it.
    pub outcome: VersionOutcome,
    /// The changes that it was made of.
    pub changes: Vec<ConfigChange>,
    /// The files that differ from the version before: path, and whether each came, changed or went is told by the diff.
    pub touched: Vec<ConfigPath>,
    /// What failed. Hostile text.
    pub failed: Option<String>,
    /// What came of undoing it.
    pub undone: Option<UndoReport>,
    /// Who confirmed it; `None` where nobody had to, or has yet.
    #[serde(default)]
    pub confirmed: Option<Confirmation>,
    /// Whether BanGUI ended before this was done and kept, and a later start saw it through: whoever ordered it got no answer.
    #[serde(default)]
    pub finished_at_start: bool,
    /// Every `.local` file and drop-in, and every shipped file as it was.
    pub files: Vec<StoredFile>,
}

/// A page of versions, newest first; `files` of each is empty here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VersionPage {
    /// The versions.
    pub items: Vec<Version>,
    /// Ask for those before this one; `None` at the end.
    pub next: Option<VersionId>,
}

/// A state to compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum VersionRef {
    /// A version.
    Version(VersionId),
    /// The files as they are now.
    Now,
}

/// The difference of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FileDiff {
    /// Which.
    pub path: ConfigPath,
    /// Its text in the first; `None` where it is not there. Hostile text.
    pub before: Option<String>,
    /// Its text in the second.
    pub after: Option<String>,
    /// Unified, with three lines around.
    pub diff: String,
}

/// The difference of two states.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConfigDiff {
    /// The files that differ, by path.
    pub files: Vec<FileDiff>,
}

/// A change that reverts by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PendingConfirmation {
    /// Its version.
    pub version: VersionId,
    /// Whose it is.
    pub author: ConfigAuthor,
    /// When it reverts.
    pub confirm_by: Timestamp,
}

/// A change that is under way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RunningApply {
    /// Whose it is.
    pub author: ConfigAuthor,
    /// The plan's hash.
    pub hash: Sha256,
    /// The steps so far, the last one going on.
    pub steps: Vec<StepState>,
}

/// What is going on with the configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConfigState {
    /// The newest version that is in force; `None` before the first was kept.
    pub version: Option<VersionId>,
    /// Files that something else changed since, by path.
    pub changed_outside: Vec<ConfigPath>,
    /// A change that is under way.
    pub applying: Option<RunningApply>,
    /// A change that waits to be confirmed.
    pub pending: Option<PendingConfirmation>,
    /// Within how many seconds a change must be confirmed that is not kept otherwise.
    pub confirm_within_seconds: u64,
    /// Whether the agent forbids what runs commands as root.
    pub commands_forbidden: bool,
    /// Why the configuration's folder cannot be written, where it cannot.
    pub read_only: Option<String>,
}
