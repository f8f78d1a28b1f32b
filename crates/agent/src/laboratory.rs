//! Trying filters with fail2ban's own `fail2ban-regex`.
//!
//! The program has no output for other programs. It is run so that it logs how it works: what it tells of each line is then read line by line (`trace`). A second
//! run, at the same time, prints the expressions as fail2ban has them (`summary`) where they could not be read here, and counts the times of many lines. Both get nothing but names of files that were made or checked here.
mod folder;
mod frames;
mod line_times;
mod lines;
mod log_check;
pub(crate) mod program;
mod report;
mod run;
mod samples;
mod source;
mod spans;
mod summary;
mod trace;

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use async_trait::async_trait;
use domain::{
    ConfigError, Finding, ItemName, JailName, LaboratoryActs, LaboratoryReads, LogCheck,
    RegexReport, RegexTest, RegexTestLimits, Samples, SamplesReport, TestedLines,
};
use tokio::sync::Semaphore;

pub(crate) use self::line_times::{LineTimes, line_times};
use self::{
    folder::TestFolder,
    lines::Allowed,
    run::{Input, Test},
};
use crate::{Agent, configuration, core::Core, mirror::on_disk, reload};

/// How many tests run at once; each takes two processes for a moment.
const TESTS_AT_ONCE: usize = 2;

/// What tests share.
#[derive(Debug)]
pub(crate) struct Laboratory {
    slots: Semaphore,
    /// Held while samples are written.
    writing: tokio::sync::Mutex<()>,
}

impl Default for Laboratory {
    fn default() -> Self {
        Self {
            slots: Semaphore::new(TESTS_AT_ONCE),
            writing: tokio::sync::Mutex::default(),
        }
    }
}

impl Agent {
    /// Runs the samples of filters over a configuration, such as a copy with changes in it: a sample that does not do as expected is an error.
    pub async fn check_samples(
        &self,
        config_dir: &Path,
        filters: impl IntoIterator<Item = ItemName>,
    ) -> Result<Vec<Finding>, ConfigError> {
        check_samples(&self.core, config_dir, filters).await
    }

    /// Looks for the logs of a jail and tries its filter on their last lines.
    ///
    /// `stream` holds the commands that a configuration with the jail enabled stands for, as `fail2ban-client -d` prints them.
    pub async fn log_check(
        &self,
        jail: &JailName,
        stream: &[Vec<fail2ban::Value>],
    ) -> Result<LogCheck, ConfigError> {
        log_check(&self.core, jail, stream).await
    }
}

/// Runs the samples of filters over a configuration, for [`Agent::check_samples`] and for plans.
pub(crate) async fn check_samples(
    core: &Core,
    config_dir: &Path,
    filters: impl IntoIterator<Item = ItemName>,
) -> Result<Vec<Finding>, ConfigError> {
    samples::check(core, config_dir, filters).await
}

/// The filters that samples are kept with.
pub(crate) async fn sampled(core: &Core) -> Result<BTreeSet<ItemName>, ConfigError> {
    samples::sampled(core).await
}

/// Tries the filter of a jail on the last lines of its logs, for [`Agent::log_check`] and for plans.
pub(crate) async fn log_check(
    core: &Core,
    jail: &JailName,
    stream: &[Vec<fail2ban::Value>],
) -> Result<LogCheck, ConfigError> {
    log_check::log_check(core, jail, stream).await
}

#[async_trait]
impl LaboratoryReads for Agent {
    async fn filter_samples(&self, filter: &ItemName) -> Result<Samples, ConfigError> {
        samples::read(&self.core, filter).await
    }
}

#[async_trait]
impl LaboratoryActs for Agent {
    async fn regex_test(&self, test: &RegexTest) -> Result<RegexReport, ConfigError> {
        regex_test(&self.core, test).await
    }

    async fn set_filter_samples(
        &self,
        filter: &ItemName,
        samples: &Samples,
    ) -> Result<(), ConfigError> {
        let (filter, samples) = (filter.clone(), samples.clone());
        self.see_through(move |core| async move { samples::set(&core, &filter, &samples).await })
            .await
    }

    async fn run_filter_samples(
        &self,
        filter: &ItemName,
        text: Option<&str>,
    ) -> Result<SamplesReport, ConfigError> {
        samples::run(&self.core, filter, text).await
    }
}

/// Tries a filter on lines. It ends when nobody waits for it any more.
async fn regex_test(core: &Core, test: &RegexTest) -> Result<RegexReport, ConfigError> {
    let _slot = slot(core).await?;
    let began = tokio::time::Instant::now();
    let allowed = match &test.lines {
        TestedLines::File { path } => allowed(core, path).await?,
        TestedLines::Pasted { .. } | TestedLines::Journal { .. } => Allowed::default(),
    };
    let (config, wanted) = (core.config.clone(), test.clone());
    let version = configuration::version(core);
    let prepared = on_disk(move || {
        let folder = TestFolder::new()?;
        let most = wanted.limits.max_lines.clamp(1, RegexTestLimits::MAX_LINES);
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        let input = match &wanted.lines {
            TestedLines::Pasted { text } => Input::Lines(lines::pasted(text, most)?),
            TestedLines::File { path } => Input::Lines(lines::file(path.as_ref(), &allowed, most)?),
            TestedLines::Journal { matches } => Input::Journal {
                source: lines::journal(&config.journal)?,
                matches: lines::journal_matches(matches)?,
                most,
            },
        };
        let filter = source::prepare(&wanted.source, &config.config_dir, &version, &folder)?;
        Ok::<_, ConfigError>(Test {
            folder,
            filter,
            input,
        })
    });
    let mut report = prepared.await?.run(&core.config).await?;
    report.milliseconds = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    Ok(report)
}

async fn slot(core: &Core) -> Result<tokio::sync::SemaphorePermit<'_>, ConfigError> {
    let slot = core.laboratory.slots.acquire().await;
    slot.map_err(|_| ConfigError::TestEnded("BanGUI is stopping".to_owned()))
}

/// The files that may be read; which ones the jails read is asked only where the path is in no allowed folder.
async fn allowed(core: &Core, path: &str) -> Result<Allowed, ConfigError> {
    let mut allowed = Allowed {
        folders: core.config.log_folders.clone(),
        files: Vec::new(),
    };
    if !allowed.within(path.as_ref()) {
        let logs = reload::configured_logs(core).await?;
        allowed.files = logs.into_iter().map(PathBuf::from).collect();
    }
    Ok(allowed)
}
