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
}

/// Asks the daemon.
pub(crate) async fn ask(client: &Client) -> Result<Sources, ClientError> {
    let commands = [
        vec![Value::from("get"), "logtarget".into()],
        vec![Value::from("get"), "dbfile".into()],
    ];
    let answers = client.request_all(&commands, CommandClass::Read).await?;
    let mut answers = answers.into_iter().map(Result::ok);
    Ok(Sources {
        log: answers.next().flatten().as_ref().and_then(log),
        database: answers.next().flatten().as_ref().and_then(file),
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
