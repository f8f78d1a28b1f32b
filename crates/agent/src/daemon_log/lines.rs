//! From the lines of the log to what a person asks for: what continues a line joined to it, filtered, and not too much.
use std::collections::VecDeque;

use domain::{LogLevel, LogLine, LogQuery, Timestamp};
use fail2ban::log::{self, Level};

use crate::hear::{LogTimes, zone_of};

/// The longest text of a line: a reload that fails logs the whole configuration, 200 kB.
const MAX_TEXT_BYTES: usize = 4 << 10;

/// Which lines are kept where there are more than wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keep {
    First,
    Last,
}

/// Joins and filters.
pub(super) struct Lines {
    level: Option<LogLevel>,
    text: Option<String>,
    limit: usize,
    keep: Keep,
    kept: VecDeque<LogLine>,
    open: Option<LogLine>,
    times: Option<LogTimes>,
}

impl Lines {
    pub(super) fn new(query: &LogQuery, keep: Keep) -> Self {
        Self {
            level: query.level,
            text: query.text.as_ref().map(|text| text.to_lowercase()),
            limit: usize::try_from(query.limit).unwrap_or(usize::MAX),
            keep,
            kept: VecDeque::new(),
            open: None,
            times: None,
        }
    }

    /// Whether a line with a head would be one too many.
    pub(super) fn is_full(&self) -> bool {
        self.keep == Keep::First && self.is_enough()
    }

    /// Whether enough lines are kept.
    pub(super) fn is_enough(&self) -> bool {
        let open = self.open.as_ref().is_some_and(|line| self.wants(line));
        self.kept.len() + usize::from(open) >= self.limit
    }

    /// Takes a line of a file; `false` where it is one too many, and was not taken.
    pub(super) fn take(&mut self, bytes: &[u8]) -> bool {
        let text = String::from_utf8_lossy(bytes);
        let Some(line) = log::LogLine::parse(&text) else {
            self.go_on(&text);
            return true;
        };
        if self.is_full() {
            return false;
        }
        let times = self
            .times
            .get_or_insert_with(|| LogTimes::new(zone_of(line.pid), None));
        let at = line.at.and_then(|at| times.line(at));
        self.begin(&line, at);
        true
    }

    /// Takes an entry of the journal, which has a time of its own.
    pub(super) fn take_entry(
        &mut self,
        logger: &str,
        message: &str,
        at: Option<Timestamp>,
    ) -> bool {
        if self.is_full() {
            return false;
        }
        let mut parts = message.split('\n');
        let first = parts.next().unwrap_or_default();
        // What goes to standard output has the form of a file.
        let line =
            log::LogLine::parse(first).unwrap_or_else(|| log::LogLine::journal(logger, first));
        self.begin(&line, at);
        parts.for_each(|part| self.go_on(part));
        true
    }

    fn begin(&mut self, line: &log::LogLine<'_>, at: Option<Timestamp>) {
        self.close();
        let (text, cut) = cut(line.message);
        self.open = Some(LogLine {
            at,
            level: level(line.level),
            logger: logger(line.logger),
            text: text.to_owned(),
            cut: cut || line.cut,
        });
    }

    /// A line without a head belongs to the one before.
    fn go_on(&mut self, text: &str) {
        let open = self.open.get_or_insert_with(|| LogLine {
            at: None,
            level: None,
            logger: None,
            text: String::new(),
            cut: false,
        });
        let text = text.trim_end_matches(['\r', '\0']);
        let room = MAX_TEXT_BYTES.saturating_sub(open.text.len() + 1);
        let kept = text
            .get(..text.floor_char_boundary(room))
            .unwrap_or_default();
        open.cut |= kept.len() < text.len();
        if !open.text.is_empty() {
            open.text.push('\n');
        }
        open.text.push_str(kept);
    }

    fn close(&mut self) {
        let Some(line) = self.open.take() else {
            return;
        };
        if !self.wants(&line) {
            return;
        }
        if self.keep == Keep::Last && self.kept.len() >= self.limit {
            self.kept.pop_front();
        }
        self.kept.push_back(line);
    }

    fn wants(&self, line: &LogLine) -> bool {
        let grave = self
            .level
            .is_none_or(|least| line.level.is_some_and(|level| level >= least));
        let says = |wanted: &String| {
            line.text.to_lowercase().contains(wanted)
                || line
                    .logger
                    .as_ref()
                    .is_some_and(|logger| logger.contains(wanted))
        };
        grave && self.text.as_ref().is_none_or(says)
    }

    /// All that was kept.
    pub(super) fn finish(mut self) -> Vec<LogLine> {
        self.close();
        self.kept.into()
    }
}

fn cut(text: &str) -> (&str, bool) {
    let kept = text
        .get(..text.floor_char_boundary(MAX_TEXT_BYTES))
        .unwrap_or(text);
    (kept, kept.len() < text.len())
}

const fn level(level: Level) -> Option<LogLevel> {
    Some(match level {
        Level::Critical => LogLevel::Critical,
        Level::Error => LogLevel::Error,
        Level::Warning => LogLevel::Warning,
        Level::Notice => LogLevel::Notice,
        Level::Info => LogLevel::Info,
        Level::Msg | Level::Debug => LogLevel::Debug,
        Level::Unknown => return None,
    })
}

fn logger(name: &str) -> Option<String> {
    let name = name.strip_prefix("fail2ban.").unwrap_or(name);
    (!name.is_empty()).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn query(level: Option<LogLevel>, text: Option<&str>, limit: u32) -> LogQuery {
        LogQuery {
            level,
            text: text.map(str::to_owned),
            after: None,
            limit,
        }
    }

    fn line(level: &str, message: &str) -> String {
        format!("2026-11-23 19:13:17,702 fail2ban.actions        [4242]: {level:<7} {message}")
    }

    fn texts(query: &LogQuery, keep: Keep, lines: &[String]) -> Vec<String> {
        let mut taken = Lines::new(query, keep);
        for line in lines {
            if !taken.take(line.as_bytes()) {
                break;
            }
        }
        taken.finish().into_iter().map(|line| line.text).collect()
    }

    #[test]
    fn lines_without_a_head_belong_to_the_one_before() {
        let lines = [
            "lost".to_owned(),
            line("ERROR", "failed"),
            "  trace".to_owned(),
            "end".to_owned(),
            line("INFO", "on"),
        ];
        assert_eq!(
            texts(&query(None, None, 10), Keep::Last, &lines),
            ["lost", "failed\n  trace\nend", "on"]
        );
        assert_eq!(
            texts(
                &query(Some(LogLevel::Warning), None, 10),
                Keep::Last,
                &lines
            ),
            ["failed\n  trace\nend"]
        );
        assert_eq!(
            texts(&query(None, Some("TRACE"), 10), Keep::Last, &lines),
            ["failed\n  trace\nend"]
        );
    }

    #[test]
    fn lines_are_kept_from_the_wanted_end() {
        let lines: Vec<String> = (0..5).map(|n| line("INFO", &n.to_string())).collect();
        assert_eq!(texts(&query(None, None, 2), Keep::Last, &lines), ["3", "4"]);
        assert_eq!(
            texts(&query(None, None, 2), Keep::First, &lines),
            ["0", "1"]
        );
    }

    #[test]
    fn huge_line_is_cut_and_says_so() {
        let mut lines = Lines::new(&query(None, None, 10), Keep::Last);
        lines.take(line("ERROR", &"é".repeat(100_000)).as_bytes());
        lines.take(line("ERROR", "short").as_bytes());
        for _ in 0..100 {
            lines.take(&b"x".repeat(1_000));
        }
        let lines = lines.finish();
        assert!(
            lines
                .iter()
                .all(|line| line.cut && line.text.len() <= MAX_TEXT_BYTES + 100),
            "{lines:?}"
        );
        assert_eq!(
            (lines[0].level, lines[0].logger.as_deref()),
            (Some(LogLevel::Error), Some("actions"))
        );
    }

    #[test]
    fn entry_of_the_journal_has_its_own_time_and_lines() {
        let mut lines = Lines::new(&query(None, None, 10), Keep::Last);
        let at = Timestamp::from_millis(5);
        lines.take_entry(
            "fail2ban.actions",
            "NOTICE [sshd] Ban 192.0.2.1\nmore",
            Some(at),
        );
        lines.take_entry("", &line("INFO", "from standard output"), Some(at));
        let lines = lines.finish();
        assert_eq!(lines[0].text.lines().last(), Some("more"));
        assert_eq!(lines[1].text, "from standard output");
        assert!(lines.iter().all(|line| line.at == Some(at)));
    }

    proptest! {
        #[test]
        fn any_bytes_are_taken_without_a_panic(lines in prop::collection::vec(any::<Vec<u8>>(), 0..20), limit in 1_u32..5) {
            let mut taken = Lines::new(&query(None, Some("a"), limit), Keep::First);
            for line in &lines {
                taken.take(line);
            }
            prop_assert!(taken.finish().len() <= limit as usize);
        }
    }
}
