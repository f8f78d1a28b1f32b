use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use jiff::civil::date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, ZonedDateTime};
use proptest::prelude::*;

use super::generator::{Generator, Line};
use super::now;
use crate::folder::{Folder, RunningJail};
use crate::{ExtraJail, Installation, LabConfig};

fn jails(extra_jails: Vec<ExtraJail>) -> Vec<RunningJail> {
    let folder = Folder::new("/lab".into()).expect("a short path");
    let config = LabConfig {
        extra_jails,
        ..LabConfig::default()
    };
    folder.jails(&config).expect("jails")
}

/// Lines of a seed, five a second from `first` on.
fn lines(seed: u64, count: i32, first: &ZonedDateTime) -> Vec<Line> {
    let mut generator = Generator::new(seed, "/lab".into(), &jails(Vec::new()), 600);
    (0..count)
        .map(|index| generator.next(&(first + SignedDuration::from_millis(200) * index)))
        .collect()
}

fn day() -> ZonedDateTime {
    date(2026, 11, 3)
        .at(9, 5, 1, 0)
        .to_zoned_datetime(TimeZone::UTC)
        .expect("a time")
}

#[test]
fn next_same_seed_and_times_makes_the_same_lines() {
    assert_eq!(lines(42, 2_000, &day()), lines(42, 2_000, &day()));
    assert_ne!(lines(42, 200, &day()), lines(43, 200, &day()));
}

#[test]
fn next_writes_every_service_with_attacks_and_noise() {
    let lines = lines(1, 5_000, &day());
    let logs: HashSet<&Path> = lines.iter().map(|line| line.log.as_path()).collect();
    assert_eq!(logs.len(), 4, "{logs:?}");
    let attacked: HashSet<&str> = lines
        .iter()
        .filter_map(|line| line.failure_of.as_deref())
        .collect();
    assert_eq!(attacked.len(), 6, "{attacked:?}");
    let noise = lines.iter().filter(|line| !line.is_attack).count();
    assert!((500..4_000).contains(&noise), "{noise} of 5000 are noise");
}

#[test]
fn next_with_an_extra_jail_only_attacks_it() {
    let extra = jails(vec![ExtraJail::new("one")]).split_off(7);
    let mut generator = Generator::new(1, "/lab".into(), &extra, 600);
    let lines: Vec<Line> = (0..200).map(|_| generator.next(&day())).collect();
    let failures = lines
        .iter()
        .filter(|line| line.failure_of.as_deref() == Some("one"));
    let texts: Vec<&str> = failures.map(|line| line.text.as_str()).collect();
    assert!(texts.len() > 20, "{} failures", texts.len());
    assert!(
        texts[0].starts_with("2026-11-03 09:05:01 lab app[4711]: login failed for admin from ")
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn next_any_seed_makes_single_lines_with_their_time(seed: u64) {
        for line in lines(seed, 300, &day()) {
            prop_assert!(!line.text.contains(['\n', '\r']), "{}", line.text);
            prop_assert!(!line.text.contains('{'), "{}", line.text);
        }
    }
}

/// What `fail2ban-regex` counts in the lines: all, matched and missed ones.
fn counted(filter: &str, lines: &[&str]) -> (usize, usize, String) {
    let installation = Installation::from_env().expect("fail2ban is installed");
    let folder = tempfile::tempdir().expect("a folder");
    let log: PathBuf = folder.path().join("log");
    fs::write(&log, lines.join("\n") + "\n").expect("written");
    let mut command = Command::new(installation.regex());
    command
        .arg("-c")
        .arg(&installation.config)
        .args(["--usedns", "no"]);
    if let Some(path) = &installation.python_path {
        command.env("PYTHONPATH", path);
    }
    let output = command
        .arg(&log)
        .arg(filter)
        .output()
        .expect("fail2ban-regex runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let summary = text
        .lines()
        .find(|line| line.starts_with("Lines: "))
        .expect(&text);
    let number = |word: &str| {
        let words: Vec<&str> = summary
            .split([' ', ','])
            .filter(|word| !word.is_empty())
            .collect();
        let at = words
            .iter()
            .position(|found| *found == word)
            .expect(summary);
        words[at - 1].parse::<usize>().expect(summary)
    };
    (number("matched"), number("missed"), text)
}

const FILTERS: [(&str, &str, &str); 6] = [
    ("sshd", "sshd", "auth.log"),
    ("nginx-http-auth", "nginx-http-auth", "error.log"),
    ("nginx-botsearch", "nginx-botsearch", "access.log"),
    ("postfix", "postfix[mode=more]", "mail.log"),
    ("postfix-sasl", "postfix[mode=auth]", "mail.log"),
    ("dovecot", "dovecot", "mail.log"),
];

#[test]
fn stock_filters_match_each_failure_that_the_generator_marks() {
    let lines = lines(5, 8_000, &now());
    let mut by_jail: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for line in &lines {
        if let Some(jail) = &line.failure_of {
            by_jail.entry(jail).or_default().push(&line.text);
        }
    }
    for (jail, filter, _) in FILTERS {
        let texts = &by_jail[jail];
        assert!(texts.len() > 30, "only {} for {jail}", texts.len());
        let (matched, missed, output) = counted(filter, texts);
        assert_eq!((matched, missed), (texts.len(), 0), "{jail}: {output}");
    }
}

#[test]
fn stock_filters_count_no_failure_in_noise() {
    let lines = lines(6, 8_000, &now());
    for (jail, filter, log) in FILTERS {
        let noise = lines
            .iter()
            .filter(|line| !line.is_attack && line.log.ends_with(log));
        let texts: Vec<&str> = noise.map(|line| line.text.as_str()).collect();
        assert!(texts.len() > 30, "only {} for {jail}", texts.len());
        let (matched, _, output) = counted(filter, &texts);
        assert_eq!(matched, 0, "{jail}: {output}");
    }
}
