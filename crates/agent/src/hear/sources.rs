//! Where fail2ban tells what it does: its log and its database, as the daemon itself says.
use std::path::PathBuf;

use fail2ban::{Client, ClientError, CommandClass, Value};

/// Where fail2ban logs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum LogPlace {
    File(PathBuf),
    /// The journal, also by way of syslog or of the output of a service.
    Journal,
}

/// What to read; `None` where there is none: another log target, or no database.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Sources {
    pub(crate) log: Option<LogPlace>,
    pub(crate) database: Option<PathBuf>,
    /// Whether failures are logged; `None` where that is not known.
    pub(crate) logs_failures: Option<bool>,
}

/// Asks the daemon.
pub(crate) async fn ask(client: &Client) -> Result<Sources, ClientError> {
    let commands = [
        vec![Value::from("get"), "logtarget".into()],
        vec![Value::from("get"), "dbfile".into()],
        vec![Value::from("get"), "loglevel".into()],
    ];
    let answers = client.request_all(&commands, CommandClass::Read).await?;
    let mut answers = answers.into_iter().map(Result::ok);
    Ok(Sources {
        log: answers.next().flatten().as_ref().and_then(log),
        database: answers.next().flatten().as_ref().and_then(file),
        logs_failures: answers.next().flatten().as_ref().and_then(logs_failures),
    })
}

fn log(answer: &Value) -> Option<LogPlace> {
    /// What reaches the journal of a machine that has one. `SYSLOG[facility=…]` has options.
    const IN_JOURNAL: [&str; 5] = ["SYSTEMD-JOURNAL", "SYSLOG", "STDOUT", "STDERR", "SYSOUT"];
    let target = answer.as_str()?;
    let name = target.split('[').next().unwrap_or(target);
    if IN_JOURNAL.contains(&name) {
        return Some(LogPlace::Journal);
    }
    file(answer).map(LogPlace::File)
}

/// A file of the answer; what is no absolute path on this machine, such as `:memory:`, is none.
fn file(answer: &Value) -> Option<PathBuf> {
    let path = PathBuf::from(answer.as_str()?);
    path.is_absolute().then_some(path)
}

/// Whether failures, which fail2ban writes as `INFO`, are logged at a level.
fn logs_failures(answer: &Value) -> Option<bool> {
    /// The levels above.
    const COARSER: [&str; 4] = ["CRITICAL", "ERROR", "WARNING", "NOTICE"];
    /// Its number in Python.
    const INFO: u64 = 20;
    let level = answer.as_str()?.to_ascii_uppercase();
    Some(match level.parse::<u64>() {
        Ok(number) => number <= INFO,
        Err(_) => !COARSER.contains(&level.as_str()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn level_at_which_failures_are_logged_is_info_or_finer() {
        for level in ["INFO", "info", "DEBUG", "HEAVYDEBUG", "20", "10"] {
            assert_eq!(logs_failures(&level.into()), Some(true), "{level}");
        }
        for level in ["NOTICE", "CRITICAL", "notice", "25"] {
            assert_eq!(logs_failures(&level.into()), Some(false), "{level}");
        }
        assert_eq!(logs_failures(&Value::None), None);
    }
}
