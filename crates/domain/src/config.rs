//! fail2ban's configuration as BanGUI shows and changes it.
mod change;
mod error;
mod item;
mod laboratory;
mod log;
mod names;
mod plan;
mod port;
mod secret;
mod version;

pub use change::{
    ApplyCommand, ApplyReport, ApplyStep, ConfigAuthor, ConfigChange, StepState, UndoReport,
};
pub use error::ConfigError;
pub use item::{
    Badge, ConfigFile, ConfigItem, ConfigItemSummary, ConfigItems, ConfigOption, FileRole,
    ItemAction, Layer, OptionKind, OptionSpec, SourceLine,
};
pub use laboratory::{
    JournalMatches, LineOutcome, LineSpan, RegexCount, RegexReport, RegexSource, RegexTest,
    RegexTestLimits, Sample, SampleMatch, SampleResult, Samples, SamplesReport, TestedLine,
    TestedLines,
};
pub use log::{LogLevel, LogLine, LogPage, LogQuery, RestartReport};
pub use names::{
    ConfigItemId, ConfigItemKind, ConfigPath, ItemName, OptionName, Sha256, VersionId,
};
pub use plan::{
    ConfigPlan, Effect, FileBase, FileChange, Finding, FindingSource, LogCheck, Reason,
    ReloadScope, Risk, Severity,
};
pub use port::{
    ConfigActs, ConfigReads, DaemonActs, DaemonReads, HostConfigActs, HostConfigReads,
    LaboratoryActs, LaboratoryReads, VersionReads,
};
pub use secret::{HIDDEN, Secrets, names_a_secret};
pub use version::{
    ConfigDiff, ConfigState, Confirmation, FileDiff, PendingConfirmation, RunningApply, StoredFile,
    Version, VersionOrigin, VersionOutcome, VersionPage, VersionRef,
};
