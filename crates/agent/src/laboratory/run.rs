//! One test: two runs of `fail2ban-regex` at the same time, and what they say together.
use std::{ffi::OsString, os::unix::process::ExitStatusExt as _, path::Path};

use domain::{ConfigError, RegexReport};
use tokio::process::Command;

use super::{
    folder::{self, TestFolder},
    frames::Frames,
    lines::Lines,
    program::{self, Done, Limits, RunError},
    report::Outcome,
    source::Filter,
    summary::Summary,
    trace::Trace,
};
use crate::{AgentConfig, configuration::disk_failed, mirror::on_disk};

/// Up to so many lines the program also logs the time of each, and with it each expression that it asks: up to 40 kB a line.
const MAX_DETAILED_LINES: usize = 500;

/// What the program may print: of each of 10,000 lines three quotes, or of 500 lines all expressions.
const MAX_OUTPUT_BYTES: u64 = 512 << 20;

/// What the program says where Python has no module for the journal.
const NO_JOURNAL: &str = "systemd library not found";

/// A test that is ready to run.
pub(super) struct Test {
    /// Its files; removed when the test is over.
    pub(super) folder: TestFolder,
    pub(super) filter: Filter,
    pub(super) input: Input,
}

/// On what the filter is tried.
pub(super) enum Input {
    /// Lines of text.
    Lines(Lines),
    /// Entries of the journal, the last ones of them kept.
    Journal {
        /// The journal, as the program is told it.
        source: String,
        /// Conditions; none are those of the filter.
        matches: String,
        most: usize,
    },
}

impl Test {
    /// Runs it.
    pub(super) async fn run(self, config: &AgentConfig) -> Result<RegexReport, ConfigError> {
        let report = self.told(config).await;
        // Removing the links to all filters waits for the disk.
        let folder = self.folder;
        on_disk(move || drop(folder)).await;
        report
    }

    async fn told(&self, config: &AgentConfig) -> Result<RegexReport, ConfigError> {
        let (log, detailed) = self.log().await?;
        let (traced, summary) = tokio::join!(
            self.trace(config, &log, detailed),
            self.summary(config, &log, detailed)
        );
        let (done, frames) = traced?;
        let summary = summary?;
        if frames.said.iter().any(|said| said.contains(NO_JOURNAL)) {
            return Err(ConfigError::RegexProgram(
                "fail2ban cannot read the journal here: install python3-systemd".to_owned(),
            ));
        }
        let refused = refused(&done, &frames).map(|said| self.without_folder(&said, config));
        let (lines, with_time) = match &self.input {
            Input::Lines(lines) => (lines.tested.as_slice(), Some(summary.with_time)),
            Input::Journal { .. } => (Default::default(), None),
        };
        let outcome = Outcome {
            frames: &frames,
            lines,
            regexes: self.filter.regexes.clone().unwrap_or(summary.regexes),
            // An entry of the journal has a time of its own.
            times_are_told: detailed || matches!(self.input, Input::Journal { .. }),
            with_time,
            refused,
        };
        Ok(outcome.report())
    }

    /// What the program reads, and whether it may tell all that it does.
    async fn log(&self) -> Result<(OsString, bool), ConfigError> {
        match &self.input {
            Input::Lines(lines) => {
                let path = self.folder.path().join("lines.log");
                let (bytes, to) = (lines.file(), path.clone());
                on_disk(move || {
                    folder::write_private(&to, bytes.as_bytes())
                        .map_err(|error| disk_failed(&to, &error))
                })
                .await?;
                Ok((path.into(), lines.tested.len() <= MAX_DETAILED_LINES))
            }
            Input::Journal { source, .. } => Ok((source.into(), false)),
        }
    }

    async fn trace(
        &self,
        config: &AgentConfig,
        log: &OsString,
        detailed: bool,
    ) -> Result<(Done, Frames), ConfigError> {
        let mut command = self.command(config);
        command
            .args(["--log-level", if detailed { "5" } else { "7" }])
            .args(["--out", "row"]);
        let most = match &self.input {
            Input::Lines(lines) => lines.tested.len().max(1),
            Input::Journal { matches, most, .. } => {
                if !matches.is_empty() {
                    command.arg(format!("--journalmatch={matches}"));
                }
                *most
            }
        };
        command.arg("--").arg(log).arg(&self.filter.argument);
        let mut frames = Frames::new(most);
        let mut trace = Trace::default();
        let done = program::run(command, limits(config), |line| {
            frames.take(trace.read(&String::from_utf8_lossy(line)));
        });
        match done.await {
            Ok(done) => {
                ended(&done)?;
                Ok((done, frames))
            }
            Err(error) => Err(self.failed(config, error, &frames)),
        }
    }

    /// The expressions, where they are not known, and how many of many lines had a time.
    async fn summary(
        &self,
        config: &AgentConfig,
        log: &OsString,
        detailed: bool,
    ) -> Result<Summary, ConfigError> {
        let mut summary = Summary::default();
        let counts_times = !detailed && matches!(self.input, Input::Lines(_));
        if self.filter.regexes.is_some() && !counts_times {
            return Ok(summary);
        }
        let log = if counts_times {
            log.clone()
        } else {
            "/dev/null".into()
        };
        let mut command = self.command(config);
        command
            .args([
                "--verbose",
                "--no-check-all",
                "--print-no-missed",
                "--print-no-ignored",
                "--",
            ])
            .arg(log)
            .arg(&self.filter.argument);
        let done = program::run(command, limits(config), |line| {
            summary.read(&String::from_utf8_lossy(line));
        });
        done.await
            .map_err(|error| self.failed(config, error, &Frames::new(1)))?;
        Ok(summary)
    }

    fn command(&self, config: &AgentConfig) -> Command {
        let mut command = Command::new(&config.regex_program);
        command
            .current_dir("/")
            .env("LC_ALL", "C.UTF-8")
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env("PYTHONIOENCODING", "utf-8:backslashreplace")
            .arg("--config")
            .arg(&self.filter.config)
            // Names are shown as they are: asking the DNS about them would take time, and tell who is watched.
            .args(["--raw", "--encoding", "UTF-8"]);
        command
    }

    fn failed(&self, config: &AgentConfig, error: RunError, frames: &Frames) -> ConfigError {
        let why = match error {
            RunError::Io(error) => {
                let program = config.regex_program.display();
                return ConfigError::RegexProgram(format!("{program}: {error}"));
            }
            other => other.to_string(),
        };
        let at = match (&self.input, frames.told) {
            (_, 0) => String::new(),
            (Input::Lines(lines), told) => {
                format!(
                    ", at line {told} of {}: an expression may backtrack without end, or there are too many lines",
                    lines.tested.len()
                )
            }
            (Input::Journal { .. }, told) => {
                format!(", after {told} entries: ask for fewer, with more conditions")
            }
        };
        ConfigError::TestEnded(format!("{why}{at}"))
    }

    /// The program's words without the names of files that exist only now.
    fn without_folder(&self, said: &str, config: &AgentConfig) -> String {
        let shown = |path: &Path| path.display().to_string();
        said.replace(&shown(&self.filter.config), &shown(&config.config_dir))
            .replace(&shown(self.folder.path()), "")
    }
}

fn limits(config: &AgentConfig) -> Limits {
    Limits {
        time: config.timeouts.regex_test,
        output: MAX_OUTPUT_BYTES,
    }
}

/// Fails where a limit of the system ended the program.
fn ended(done: &Done) -> Result<(), ConfigError> {
    if done.complaints.contains("MemoryError") {
        return Err(ConfigError::TestEnded(
            "it needed more memory than a test may have".to_owned(),
        ));
    }
    match done.status.signal() {
        None => Ok(()),
        Some(signal) => Err(ConfigError::TestEnded(format!(
            "it was killed with signal {signal}, as for too much computing or memory"
        ))),
    }
}

/// Why fail2ban did not go through with it, in its own words.
fn refused(done: &Done, frames: &Frames) -> Option<String> {
    if done.status.success() {
        return None;
    }
    let mut said: Vec<&str> = Vec::new();
    for line in &frames.said {
        let line = line.strip_prefix("ERROR: ").unwrap_or(line).trim_end();
        // It logs an error, and prints it.
        if !said.contains(&line) {
            said.push(line);
        }
    }
    if said.is_empty() {
        let last = done
            .complaints
            .lines()
            .rev()
            .find(|line| !line.trim().is_empty());
        said.push(last.map_or("fail2ban-regex failed and does not say why", without_class));
    }
    Some(said.join("\n"))
}

/// `configparser.InterpolationError: Bad value` without the name of the class.
fn without_class(line: &str) -> &str {
    match line.split_once(": ") {
        Some((class, said)) if class.ends_with("Error") || class.ends_with("Exception") => said,
        _ => line,
    }
}
