//! The log in the system's journal.
use std::time::Duration;

use domain::{ConfigError, LogPage, LogQuery, Timestamp};
use serde::Deserialize;
use tokio::process::Command;

use super::{
    lines::{Keep, Lines},
    nothing,
    token::Place,
};
use crate::{
    AgentConfig, journal_files,
    laboratory::program::{self, Limits},
    mirror::on_disk,
};

/// Entries that are asked for: with a filter more than the wanted ones.
const ENTRIES: u32 = 5_000;

const LIMITS: Limits = Limits {
    time: Duration::from_secs(10),
    output: 64 << 20,
};

/// An entry, as `journalctl -o json` prints it.
#[derive(Debug, Deserialize)]
struct Entry {
    #[serde(rename = "__CURSOR")]
    cursor: String,
    #[serde(rename = "__REALTIME_TIMESTAMP")]
    micros: Option<String>,
    #[serde(rename = "MESSAGE")]
    message: Option<Text>,
    #[serde(rename = "LOGGER")]
    logger: Option<Text>,
    #[serde(rename = "SYSLOG_IDENTIFIER")]
    identifier: Option<Text>,
}

/// Text, or bytes where it is none.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Text {
    Plain(String),
    Bytes(Vec<u8>),
    /// Several values, or one that is too long.
    Other(serde::de::IgnoredAny),
}

impl Text {
    fn text(&self) -> String {
        match self {
            Self::Plain(text) => text.clone(),
            Self::Bytes(bytes) => String::from_utf8_lossy(bytes).into_owned(),
            Self::Other(_) => String::new(),
        }
    }
}

/// The end of the log, or what follows a place in it.
pub(super) async fn page(
    config: &AgentConfig,
    target: &str,
    query: &LogQuery,
) -> Result<LogPage, ConfigError> {
    let folders = config.journal_folders.clone();
    if !on_disk(move || journal_files::exist(&folders)).await {
        return Ok(nothing(
            target,
            "fail2ban does not log to a file, and this machine has no journal: set logtarget to a file to see the log here",
        ));
    }
    let after = match query.after.as_deref().map(Place::read).transpose()? {
        Some(Place::Journal(cursor)) => Some(cursor),
        Some(Place::File(_)) | None => None,
    };
    let keep = if after.is_some() {
        Keep::First
    } else {
        Keep::Last
    };
    let mut read = Entries {
        lines: Lines::new(query, keep),
        cursor: after.clone(),
        full: false,
        count: 0,
    };
    let done = program::run(command(after.as_deref()), LIMITS, |line| read.take(line)).await;
    match done {
        Ok(done) if !done.status.success() => Ok(nothing("journal", done.complaints.trim())),
        Err(error) => Ok(nothing(
            "journal",
            &format!("journalctl could not be run: {error}"),
        )),
        Ok(_) => Ok(LogPage {
            gap: after.is_some() && read.count >= ENTRIES,
            next: read
                .cursor
                .map_or_else(String::new, |cursor| Place::Journal(cursor).write()),
            lines: read.lines.finish(),
            source: "journal".to_owned(),
            problem: None,
        }),
    }
}

/// Only fields that the journal itself sets decide: any program can call itself fail2ban.
fn command(after: Option<&str>) -> Command {
    let mut command = Command::new("journalctl");
    command
        .args(["--quiet", "--no-pager", "--output=json", "--all"])
        .arg(format!("--lines={ENTRIES}"));
    if let Some(cursor) = after {
        command.arg(format!("--after-cursor={cursor}"));
    }
    command.args([
        "_SYSTEMD_UNIT=fail2ban.service",
        "+",
        "_COMM=fail2ban-server",
    ]);
    command
}

struct Entries {
    lines: Lines,
    cursor: Option<String>,
    full: bool,
    count: u32,
}

impl Entries {
    fn take(&mut self, line: &[u8]) {
        let Ok(entry) = serde_json::from_slice::<Entry>(line) else {
            return;
        };
        self.count = self.count.saturating_add(1);
        let text = |field: &Option<Text>| field.as_ref().map(Text::text).unwrap_or_default();
        let mut logger = text(&entry.logger);
        if logger.is_empty() {
            logger = text(&entry.identifier);
        }
        let micros = entry.micros.and_then(|micros| micros.parse::<i64>().ok());
        let at = micros.map(|micros| Timestamp::from_millis(micros / 1_000));
        if self.full || !self.lines.take_entry(&logger, &text(&entry.message), at) {
            self.full = true;
        } else {
            self.cursor = Some(entry.cursor);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_read_also_where_their_message_is_no_text() {
        let query = LogQuery {
            limit: 2,
            ..LogQuery::default()
        };
        let mut entries = Entries {
            lines: Lines::new(&query, Keep::First),
            cursor: None,
            full: false,
            count: 0,
        };
        for line in [
            r#"{"__CURSOR":"a","__REALTIME_TIMESTAMP":"1795888801123456","MESSAGE":"[sshd] Ban 192.0.2.1","LOGGER":"fail2ban.actions","PRIORITY":"4"}"#,
            "no json",
            r#"{"__CURSOR":"b","MESSAGE":[70,255,10,111],"SYSLOG_IDENTIFIER":"fail2ban"}"#,
            r#"{"__CURSOR":"c","MESSAGE":null}"#,
        ] {
            entries.take(line.as_bytes());
        }
        // The third does not fit, so reading goes on before it.
        assert_eq!((entries.cursor.as_deref(), entries.count), (Some("b"), 3));
        let lines = entries.lines.finish();
        assert_eq!(lines[0].at, Some(Timestamp::from_millis(1_795_888_801_123)));
        assert_eq!(
            (lines[0].logger.as_deref(), lines[0].text.as_str()),
            (Some("actions"), "[sshd] Ban 192.0.2.1")
        );
        assert_eq!(lines[1].text, "F\u{fffd}\no");
    }
}
