//! The part of the Host port that concerns the configuration.
use async_trait::async_trait;

use super::{
    ApplyCommand, ApplyReport, ConfigAuthor, ConfigChange, ConfigDiff, ConfigError, ConfigFile,
    ConfigItem, ConfigItemId, ConfigItems, ConfigPath, ConfigPlan, ConfigState, ItemName, LogPage,
    LogQuery, OptionSpec, RegexReport, RegexTest, RestartReport, Samples, SamplesReport, Version,
    VersionId, VersionPage, VersionRef,
};

/// What can be asked about the files, and what they mean.
#[async_trait]
pub trait ConfigReads: Send + Sync {
    /// All jails, filters, actions and the daemon.
    async fn config_items(&self) -> Result<ConfigItems, ConfigError>;

    /// One of them, with every option, where it comes from and what runs.
    async fn config_item(&self, id: &ConfigItemId) -> Result<ConfigItem, ConfigError>;

    /// The description of every option that fail2ban has.
    async fn config_options(&self) -> Result<Vec<OptionSpec>, ConfigError>;

    /// A file with its text; a `.local` that does not exist yet is empty.
    async fn config_file(&self, path: &ConfigPath) -> Result<ConfigFile, ConfigError>;
}

/// What can be asked about changes: what is going on, and what was.
#[async_trait]
pub trait VersionReads: Send + Sync {
    /// What is going on: who changes it, what waits to be confirmed, what was changed outside.
    async fn config_state(&self) -> Result<ConfigState, ConfigError>;

    /// Versions, newest first, before one of them.
    async fn config_versions(
        &self,
        before: Option<VersionId>,
        limit: u32,
    ) -> Result<VersionPage, ConfigError>;

    /// A version with its files.
    async fn config_version(&self, id: VersionId) -> Result<Version, ConfigError>;

    /// The difference of two states.
    async fn config_diff(
        &self,
        from: VersionRef,
        to: VersionRef,
    ) -> Result<ConfigDiff, ConfigError>;

    /// The whole folder as a gzipped tar; with `masked` secrets are taken out, and versions and facts for a ticket come with it.
    async fn config_archive(&self, masked: bool) -> Result<Vec<u8>, ConfigError>;
}

/// What changes the configuration. Nothing else writes these files.
#[async_trait]
pub trait ConfigActs: Send + Sync {
    /// What changes would do. Writes nothing into the configuration; asks the daemon with a jail that never starts.
    async fn config_plan(&self, changes: &[ConfigChange]) -> Result<ConfigPlan, ConfigError>;

    /// Applies a plan: all of it is in force and verified, or nothing is and all that ran before runs.
    async fn config_apply(&self, command: &ApplyCommand) -> Result<ApplyReport, ConfigError>;

    /// Keeps a change that waits to be confirmed.
    async fn config_confirm(
        &self,
        version: VersionId,
        author: &ConfigAuthor,
    ) -> Result<Version, ConfigError>;

    /// Takes a change back that waits to be confirmed.
    async fn config_revert(
        &self,
        version: VersionId,
        author: &ConfigAuthor,
    ) -> Result<Version, ConfigError>;

    /// Keeps what something else changed as a version.
    async fn config_adopt(&self, author: &ConfigAuthor) -> Result<Version, ConfigError>;
}

/// What can be asked of the laboratory.
#[async_trait]
pub trait LaboratoryReads: Send + Sync {
    /// The samples of a filter.
    async fn filter_samples(&self, filter: &ItemName) -> Result<Samples, ConfigError>;
}

/// What the laboratory runs and keeps.
#[async_trait]
pub trait LaboratoryActs: Send + Sync {
    /// Tries a filter on lines.
    async fn regex_test(&self, test: &RegexTest) -> Result<RegexReport, ConfigError>;

    /// Replaces the samples of a filter.
    async fn set_filter_samples(
        &self,
        filter: &ItemName,
        samples: &Samples,
    ) -> Result<(), ConfigError>;

    /// Runs the samples of a filter; `text` is unsaved text of its `.local`.
    async fn run_filter_samples(
        &self,
        filter: &ItemName,
        text: Option<&str>,
    ) -> Result<SamplesReport, ConfigError>;
}

/// What can be asked of the daemon as a program.
#[async_trait]
pub trait DaemonReads: Send + Sync {
    /// fail2ban's log.
    async fn daemon_log(&self, query: &LogQuery) -> Result<LogPage, ConfigError>;
}

/// What can be done to the daemon as a program.
#[async_trait]
pub trait DaemonActs: Send + Sync {
    /// Makes the daemon open its log anew; answers its word.
    async fn flush_logs(&self) -> Result<String, ConfigError>;

    /// Restarts the daemon.
    async fn restart_daemon(&self) -> Result<RestartReport, ConfigError>;
}

/// All that can be asked about the configuration, the laboratory and the daemon.
pub trait HostConfigReads: ConfigReads + VersionReads + LaboratoryReads + DaemonReads {}
impl<T: ConfigReads + VersionReads + LaboratoryReads + DaemonReads> HostConfigReads for T {}

/// All that can be done to them.
pub trait HostConfigActs: ConfigActs + LaboratoryActs + DaemonActs {}
impl<T: ConfigActs + LaboratoryActs + DaemonActs> HostConfigActs for T {}
