//! Recorded logs of two versions: each line that tells an event is understood.

use std::collections::BTreeMap;

use fail2ban::log::{LogEvent, LogLine};

fn recorded(version: &str) -> String {
    let path = format!(
        "{}/tests/fixtures/sample-fail2ban-{version}.log",
        env!("CARGO_MANIFEST_DIR")
    );
    std::fs::read_to_string(path).expect("a recorded log")
}

/// How often each kind of event is told, by the name of its variant.
fn kinds(log: &str) -> BTreeMap<String, usize> {
    let mut kinds = BTreeMap::new();
    for event in log
        .lines()
        .filter_map(LogLine::parse)
        .filter_map(|line| LogEvent::of(&line))
    {
        let name = format!("{event:?}");
        let name = name
            .split([' ', '(', '{'])
            .next()
            .unwrap_or_default()
            .to_owned();
        *kinds.entry(name).or_default() += 1;
    }
    kinds
}

/// Lines of fail2ban's that tell of nobody and of no jail's life.
const SILENT: &[&str] = &[
    "banTime:",
    "maxRetry:",
    "findtime:",
    "maxLines:",
    "encoding:",
    "Set banTime",
    "Initiated",
    "--------",
    "Observer ",
    "Daemon started",
    "Added logfile:",
    "Removed logfile:",
    "New database",
    "Connect",
    "default filtered",
    "Nothing to do",
    "Banned 1",
    " -- ",
    "Invariant",
    "Unable to restore",
    "rollover performed",
    " uses ",
    "Reload jail '",
    " is bad: ",
    "Observer: ",
];

#[test]
fn each_line_of_a_recorded_log_is_taken_apart_and_no_event_is_missed() {
    for version in ["1.0.2", "master-deffcbc"] {
        for line in recorded(version).lines() {
            let parsed = LogLine::parse(line).unwrap_or_else(|| panic!("no head: {line}"));
            let silent = SILENT.iter().any(|words| parsed.message.contains(words));
            let event = LogEvent::of(&parsed);
            let failed = matches!(event, Some(LogEvent::ActionFailed { .. }));
            assert!(event.is_some() != silent || failed, "{line}: {event:?}");
        }
    }
}

#[test]
fn recorded_logs_tell_as_many_events_as_a_plain_search_finds() {
    for version in ["1.0.2", "master-deffcbc"] {
        let log = recorded(version);
        let kinds = kinds(&log);
        let count = |words: &str| log.lines().filter(|line| line.contains(words)).count();
        for (kind, words) in [
            ("Ban", "] Ban "),
            ("RestoreBan", "] Restore Ban "),
            ("Unban", "] Unban "),
            ("RepealBan", "] Repeal Ban "),
            ("IncreaseBan", "] Increase Ban "),
            ("FoundBad", ", bad - "),
            ("AlreadyBanned", " already banned"),
            ("Ignored", "] Ignore "),
            ("Attempt", "] Attempt "),
            ("JailStarted", "' started"),
            ("JailStopped", "' stopped"),
        ] {
            assert_eq!(
                kinds.get(kind).copied().unwrap_or(0),
                count(words),
                "{version} {kind}"
            );
        }
        let found = count("] Found ") - count(", bad - ");
        assert_eq!(kinds["Found"], found);
        assert_eq!(kinds["ActionFailed"], 1);
    }
}

#[test]
fn fuzzed_lines_are_read_within_limits() {
    bolero::check!().for_each(|bytes: &[u8]| {
        let text = String::from_utf8_lossy(bytes);
        for line in [
            text.to_string(),
            format!("2026-11-23 19:13:17,702 fail2ban.actions [1]: NOTICE [{text}"),
        ] {
            if let Some(line) = LogLine::parse(&line) {
                assert!(line.message.len() <= fail2ban::log::MAX_LINE_BYTES);
                let _ = LogEvent::of(&line);
            }
        }
    });
}
