//! Whether a jail will find something to read.
use std::path::{Path, PathBuf};

use domain::{ConfigError, JailName, LogCheck, RegexReport};
use fail2ban::Value;

use super::{
    folder::TestFolder,
    lines::{self, Allowed},
    run::{Input, Test},
    slot,
    source::{Loose, Regexes},
};
use crate::{core::Core, mirror::on_disk};

/// How many of the last lines of each log are looked at.
const LINES: usize = 2_000;

/// The most logs of a jail that are looked at.
const MAX_LOGS: usize = 5;

/// What a jail reads and with what, as the commands to the daemon say.
#[derive(Debug, Default)]
struct JailFilter {
    logs: Vec<PathBuf>,
    journal: Vec<String>,
    is_journal: bool,
    filter: Loose,
}

/// Looks for the logs of a jail and tries its filter on their last lines.
///
/// `stream` holds the commands that the configuration stands for, with the jail enabled, as `fail2ban-client -d` prints them.
///
/// # Errors
/// `TestEnded` and `RegexProgram` when the filter cannot be tried.
pub(crate) async fn log_check(
    core: &Core,
    jail: &JailName,
    stream: &[Vec<Value>],
) -> Result<LogCheck, ConfigError> {
    let wanted = JailFilter::of(jail, stream);
    let source = wanted.source();
    let config = core.config.clone();
    let check = |found, report: RegexReport| LogCheck {
        jail: jail.clone(),
        source: source.clone(),
        found,
        lines: report.total,
        matched: report.matched,
    };
    let _slot = slot(core).await?;
    let prepared = on_disk(move || {
        let folder = TestFolder::new()?;
        let input = if wanted.is_journal {
            let Ok(source) = lines::journal(&config.journal) else {
                return Ok(None);
            };
            Input::Journal {
                source,
                matches: quoted(&wanted.journal),
                most: LINES,
            }
        } else {
            match last_lines(&wanted.logs) {
                Some(text) => Input::Lines(lines::Lines::of(&text, LINES)),
                None => return Ok(None),
            }
        };
        let filter = wanted.filter.prepare(&folder)?;
        Ok::<_, ConfigError>(Some(Test {
            folder,
            filter,
            input,
        }))
    });
    match prepared.await? {
        Some(test) => Ok(check(true, test.run(&core.config).await?)),
        None => Ok(check(false, RegexReport::default())),
    }
}

impl JailFilter {
    fn of(jail: &JailName, stream: &[Vec<Value>]) -> Self {
        let mut found = Self::default();
        for command in stream {
            let word = |at: usize| command.get(at).and_then(Value::as_str).unwrap_or_default();
            if word(1) != jail.as_str() {
                continue;
            }
            match word(0) {
                "add" => found.is_journal = word(2).starts_with("systemd"),
                "set" | "multi-set" => found.set(word(2), command.get(3..).unwrap_or_default()),
                _ => {}
            }
        }
        found
    }

    fn set(&mut self, option: &str, values: &[Value]) {
        let texts = || -> Vec<String> { values.iter().flat_map(texts).collect() };
        let regexes: &mut Regexes = &mut self.filter.regexes;
        match option {
            "addlogpath" => self
                .logs
                .extend(texts().into_iter().take(1).map(PathBuf::from)),
            "addjournalmatch" => {
                if !self.journal.is_empty() {
                    self.journal.push("+".to_owned());
                }
                self.journal.extend(texts());
            }
            "addfailregex" => regexes.failregex.extend(texts()),
            "addignoreregex" => regexes.ignoreregex.extend(texts()),
            "prefregex" => self.filter.prefregex = texts().pop(),
            "datepattern" => self.filter.datepattern = texts().pop(),
            "maxlines" => self.filter.maxlines = texts().pop().and_then(|text| text.parse().ok()),
            _ => {}
        }
    }

    fn source(&self) -> String {
        if self.is_journal {
            return format!("journal {}", self.journal.join(" "))
                .trim_end()
                .to_owned();
        }
        let logs: Vec<String> = self
            .logs
            .iter()
            .map(|log| log.display().to_string())
            .collect();
        logs.join(", ")
    }
}

/// The texts of a value: itself, or its items.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Int(number) => vec![number.to_string()],
        Value::Str(text) => vec![text.clone()],
        other => other
            .as_items()
            .unwrap_or_default()
            .iter()
            .flat_map(texts)
            .collect(),
    }
}

/// The conditions of a filter, which are its own, as one argument that fail2ban takes apart as a shell does.
fn quoted(matches: &[String]) -> String {
    let quoted: Vec<String> = matches
        .iter()
        .map(|one| format!("'{}'", one.replace('\'', "'\"'\"'")))
        .collect();
    quoted.join(" ")
}

/// The last lines of all logs; `None` where there is no log that can be read.
fn last_lines(logs: &[PathBuf]) -> Option<Vec<u8>> {
    let mut text = Vec::new();
    let mut found = false;
    let each = LINES / logs.len().clamp(1, MAX_LOGS);
    for log in logs.iter().take(MAX_LOGS) {
        if let Some(last) = last_lines_of(log, each) {
            text.extend(last);
            found = true;
        }
    }
    found.then_some(text)
}

fn last_lines_of(log: &Path, most: usize) -> Option<Vec<u8>> {
    // The configuration itself names it.
    let allowed = Allowed {
        folders: Vec::new(),
        files: vec![log.to_owned()],
    };
    let lines = lines::file(log, &allowed, most).ok()?;
    Some(lines.file().into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filter_of_a_jail_is_read_from_its_commands() {
        let stream = [
            "['add', 'x', 'systemd[journalflags=1]']",
            "['set', 'x', 'prefregex', '^pre']",
            "['multi-set', 'x', 'addfailregex', ['^a <HOST>', '^b <HOST>']]",
            "['set', 'x', 'addignoreregex', '^c']",
            "['set', 'x', 'maxlines', 3]",
            "['set', 'x', 'addjournalmatch', '_A=1', '_B=2']",
            "['set', 'x', 'addjournalmatch', \"_C='\"]",
            "['set', 'x', 'addlogpath', '/var/log/a', 'tail']",
            "['set', 'y', 'addlogpath', '/var/log/b', 'tail']",
        ]
        .join("\n");
        let stream =
            fail2ban::dump::parse_stream(&stream, &fail2ban::dump::DumpLimits::default()).unwrap();
        let filter = JailFilter::of(&"x".parse().unwrap(), &stream);
        assert_eq!(filter.logs, [PathBuf::from("/var/log/a")]);
        assert_eq!(filter.filter.regexes.failregex, ["^a <HOST>", "^b <HOST>"]);
        assert_eq!(filter.filter.regexes.ignoreregex, ["^c"]);
        assert_eq!(filter.filter.maxlines, Some(3));
        assert_eq!(filter.filter.prefregex.as_deref(), Some("^pre"));
        assert_eq!(filter.source(), "journal _A=1 _B=2 + _C='");
        assert_eq!(quoted(&filter.journal), "'_A=1' '_B=2' '+' '_C='\"'\"''");
    }
}
