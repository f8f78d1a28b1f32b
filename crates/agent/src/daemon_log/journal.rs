//! The log in the system's journal.
use std::time::Duration;

use domain::{ConfigError, LogPage, LogQuery};
use tokio::process::Command;

use super::{
    lines::{Keep, Lines},
    nothing,
    token::Place,
};
use crate::{
    AgentConfig, JournalConfig,
    finding::Code,
    hear::JournalEntry,
    laboratory::program::{self, Limits},
    mirror::on_disk,
};

/// Entries that are asked for: with a filter more than the wanted ones.
const ENTRIES: u32 = 5_000;

const LIMITS: Limits = Limits {
    time: Duration::from_secs(10),
    output: 64 << 20,
};

/// The end of the log, or what follows a place in it.
pub(super) async fn page(
    config: &AgentConfig,
    target: &str,
    query: &LogQuery,
) -> Result<LogPage, ConfigError> {
    let journal = config.journal.clone();
    if !on_disk(move || journal.has_files()).await {
        return Ok(nothing(
            target,
            Code::NoJournal,
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
    let done = program::run(command(&config.journal, after.as_deref()), LIMITS, |line| {
        read.take(line);
    })
    .await;
    match done {
        Ok(done) if !done.status.success() => Ok(nothing(
            "journal",
            Code::JournalFailed,
            done.complaints.trim(),
        )),
        Err(error) => Ok(nothing(
            "journal",
            Code::JournalFailed,
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

fn command(config: &JournalConfig, after: Option<&str>) -> Command {
    let mut command = Command::from(config.command());
    command.arg(format!("--lines={ENTRIES}"));
    if let Some(cursor) = after {
        command.arg(format!("--after-cursor={cursor}"));
    }
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
        let Some(entry) = JournalEntry::parse(line) else {
            return;
        };
        self.count = self.count.saturating_add(1);
        let JournalEntry {
            logger,
            message,
            at,
            ..
        } = entry;
        if self.full || !self.lines.take_entry(&logger, &message, Some(at)) {
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
    fn entry_that_does_not_fit_is_where_reading_goes_on() {
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
            r#"{"__CURSOR":"a","__REALTIME_TIMESTAMP":"1795888801123456","MESSAGE":"[sshd] Ban 192.0.2.1","LOGGER":"fail2ban.actions"}"#,
            "no json",
            r#"{"__CURSOR":"b","__REALTIME_TIMESTAMP":"1795888801123456","MESSAGE":[70,255,10,111]}"#,
            r#"{"__CURSOR":"c","__REALTIME_TIMESTAMP":"1795888801123456","MESSAGE":"x"}"#,
        ] {
            entries.take(line.as_bytes());
        }
        assert_eq!((entries.cursor.as_deref(), entries.count), (Some("b"), 3));
        let lines = entries.lines.finish();
        assert_eq!(
            lines[0].at.map(domain::Timestamp::as_millis),
            Some(1_795_888_801_123)
        );
        assert_eq!(lines[0].logger.as_deref(), Some("actions"));
        assert_eq!(lines[1].text, "F\u{fffd}\no");
    }
}
