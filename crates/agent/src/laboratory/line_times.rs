//! The times of lines, as fail2ban reads them.
use std::time::Duration;

use domain::{ConfigError, Timestamp};
use tokio::process::Command;

use super::{
    folder::{TestFolder, write_private},
    program::{self, Limits},
    slot,
    trace::{Event, Trace},
};
use crate::{configuration::disk_failed, core::Core, mirror::on_disk};

/// Matches every line, with one character of it as whom it is about: a row is printed for each line that matches, with its time.
const ANY_LINE: &str = "<F-ID>.</F-ID>$";

const LIMITS: Limits = Limits {
    time: Duration::from_secs(10),
    output: 1 << 20,
};

/// How times are read.
#[derive(Debug)]
pub(crate) struct LineTimes {
    /// The jail's `datepattern`, where one is set.
    pub(crate) pattern: Option<String>,
    /// The jail's `logtimezone`.
    pub(crate) log_zone: Option<String>,
    /// The zone that the daemon runs in; `None` where it is this machine's.
    pub(crate) daemon_zone: Option<String>,
}

/// The times of those lines that have one.
pub(crate) async fn line_times(
    core: &Core,
    reading: &LineTimes,
    lines: &[u8],
) -> Result<Vec<Timestamp>, ConfigError> {
    let _slot = slot(core).await?;
    let lines = lines.to_vec();
    let folder = on_disk(move || {
        let folder = TestFolder::new()?;
        let path = folder.path().join("lines.log");
        write_private(&path, &lines).map_err(|error| disk_failed(&path, &error))?;
        Ok::<_, ConfigError>(folder)
    })
    .await?;
    let command = command(core, reading, &folder);
    let (mut trace, mut times) = (Trace::default(), Vec::new());
    let done = program::run(command, LIMITS, |line| {
        if let Event::Row {
            time: Some(time), ..
        } = trace.read(&String::from_utf8_lossy(line))
        {
            times.push(time);
        }
    })
    .await;
    on_disk(move || drop(folder)).await;
    match done {
        Ok(done) if times.is_empty() && !done.status.success() => {
            Err(ConfigError::RegexProgram(done.complaints))
        }
        Ok(_) => Ok(times),
        Err(error) => Err(ConfigError::RegexProgram(error.to_string())),
    }
}

fn command(core: &Core, reading: &LineTimes, folder: &TestFolder) -> Command {
    let mut command = Command::new(&core.config.regex_program);
    command
        .current_dir("/")
        .env("LC_ALL", "C.UTF-8")
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("PYTHONIOENCODING", "utf-8:backslashreplace")
        .args(["--raw", "--encoding", "UTF-8", "--out", "row"]);
    if let Some(zone) = &reading.daemon_zone {
        command.env("TZ", zone);
    }
    if let Some(pattern) = &reading.pattern {
        command.arg(format!("--datepattern={pattern}"));
    }
    if let Some(zone) = &reading.log_zone {
        command.arg(format!("--timezone={zone}"));
    }
    command
        .arg("--")
        .arg(folder.path().join("lines.log"))
        .arg(ANY_LINE);
    command
}
