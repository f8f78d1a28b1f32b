//! The rules over whole configurations.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use fail2ban::Version;
use fail2ban::config::check::{About, Gravity, Memory, Rules, file};
use fail2ban::config::files::{Disk, Sources};
use fail2ban::config::{Config, Tree};

use super::oracle::{read, root, variant};

#[test]
fn stock_configuration_has_no_error_but_logs_that_are_not_here() {
    let config = read(&root().join("etc/fail2ban"), &Version::parse("1.0.2"));
    let memory = Memory::default();
    let rules = Rules::new(&config, &memory);
    let mut counts: BTreeMap<(Gravity, &str), usize> = BTreeMap::new();
    let mut all = rules.files();
    all.extend(rules.server());
    all.extend(config.jails().flat_map(|jail| rules.jail(&jail.name)));
    all.extend(config.filters().iter().flat_map(|name| rules.filter(name)));
    all.extend(config.actions().iter().flat_map(|name| rules.action(name)));
    for complaint in &all {
        *counts
            .entry((complaint.gravity, complaint.code.word()))
            .or_default() += 1;
        if complaint.gravity == Gravity::Error {
            assert_eq!(complaint.code.word(), "log-missing", "{complaint:?}");
        }
    }
    println!("of the stock configuration: {counts:?}");
    assert!(counts.contains_key(&(Gravity::Error, "log-missing")));
}

/// The stock configuration with the jail sshd, which has a log to read.
fn enable_sshd(base: &Path) {
    variant(&root().join("etc/fail2ban"), base);
    let log = base.join("log");
    fs::write(&log, "").unwrap();
    let jail = format!(
        "[sshd]\nenabled = true\nbackend = polling\nlogpath = {}\n",
        log.display()
    );
    fs::write(base.join("jail.d/yy.local"), jail).unwrap();
}

#[test]
fn each_break_of_a_configuration_is_found_where_it_stands() {
    let breaks = [
        ("[sshd]\nmaxretry = five\n", "bad-integer", "maxretry"),
        ("[sshd]\nbantime = banana\n", "bad-time", "bantime"),
        ("[sshd]\nbackend = foo\n", "unknown-word", "backend"),
        ("[sshd]\nusedns = perhaps\n", "unknown-word", "usedns"),
        ("[sshd]\nport = 99999\n", "bad-port", "port"),
        ("[sshd]\nfilter = sshx\n", "filter-missing", "filter"),
        ("[sshd]\nfilter = sshd[mode=\n", "bad-parameters", "filter"),
        ("[sshd]\naction = nosuch\n", "action-missing", "action"),
        (
            "[sshd]\naction = iptables\n iptables\n",
            "duplicate-action",
            "action",
        ),
        (
            "[sshd]\nfailregex = ^no host$\nprefregex =\n",
            "regex-without-host",
            "failregex",
        ),
        (
            "[sshd]\nfailregex = ^(x <HOST>$\n",
            "bad-regex",
            "failregex",
        ),
        (
            "[sshd]\nlogpath = /nowhere/at/all\n",
            "log-missing",
            "logpath",
        ),
        ("[sshd]\nbantime = %(nosuch)s\n", "refused", "bantime"),
        (
            "[DEFAULT]\nbantime.increment = ture\n",
            "bad-boolean",
            "bantime.increment",
        ),
    ];
    let folder = tempfile::tempdir().unwrap();
    for (number, (text, code, option)) in breaks.into_iter().enumerate() {
        let base = folder.path().join(number.to_string());
        enable_sshd(&base);
        let config = read(&base, &Version::parse("1.0.2"));
        let before = Rules::new(&config, &Memory::default()).all();
        let errors = before
            .iter()
            .filter(|complaint| complaint.gravity == Gravity::Error);
        assert_eq!(errors.count(), 0, "{before:?}");

        fs::write(base.join("jail.d/zz.local"), text).unwrap();
        let config = read(&base, &Version::parse("1.0.2"));
        let all = Rules::new(&config, &Memory::default()).all();
        let found = all.iter().find(|complaint| complaint.code.word() == code);
        let found = found.unwrap_or_else(|| panic!("{text}: {all:?}"));
        assert_eq!(found.option.as_deref(), Some(option), "{text}");
        let layer = found.layer.as_ref().unwrap();
        assert_eq!((&*layer.file, layer.line), ("jail.d/zz.local", 2), "{text}");
    }
    println!("{} breaks are found where they stand", breaks.len());
}

#[test]
fn names_that_are_slips_or_clash_are_told_with_the_whole() {
    let folder = tempfile::tempdir().unwrap();
    enable_sshd(folder.path());
    let text = "[sshd]\nmaxretries = 3\n[SSHD]\nport = 1\n[mine-is-a-name-that-is-too-long]\nenabled = true\nfilter = sshd\nbackend = systemd\n";
    fs::write(folder.path().join("jail.d/zz.local"), text).unwrap();
    fs::write(
        folder.path().join("filter.d/sshd.local"),
        "[Definition]\nmaxline = 1\n",
    )
    .unwrap();
    let config = read(folder.path(), &Version::parse("1.0.2"));
    let all = Rules::new(&config, &Memory::default()).all();
    let told = |code: &str| {
        let found = all.iter().filter(|complaint| complaint.code.word() == code);
        found
            .map(|found| (found.file.clone(), found.line, found.suggestion.clone()))
            .collect::<Vec<_>>()
    };
    let slip = |file: &str, meant: &str| (Some(file.to_owned()), Some(2), Some(meant.to_owned()));
    assert_eq!(
        told("unknown-option"),
        [
            slip("filter.d/sshd.local", "maxlines"),
            slip("jail.d/zz.local", "maxretry")
        ]
    );
    assert_eq!(told("name-clash").len(), 1);
    assert_eq!(told("long-name").len(), 1);
}

#[test]
fn files_are_told_by_line_what_nothing_uses_and_what_cannot_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let base = folder.path().join("fail2ban");
    variant(&root().join("etc/fail2ban"), &base);
    let sources: Arc<dyn Sources> = Arc::new(Disk::new(base.to_str().unwrap()));
    let codes = |path: &str, text: &[u8]| {
        let found = file(&*sources, path, &Tree::parse(text));
        let told = found.into_iter().map(|complaint| {
            (
                complaint.code.word(),
                complaint.line.unwrap(),
                complaint.suggestion,
            )
        });
        told.collect::<Vec<_>>()
    };
    assert_eq!(
        codes(
            "jail.local",
            b"[sshd]\nmaxretries = 3\nport = ssh\nknocking_url = x\n"
        ),
        [("unknown-option", 2, Some("maxretry".to_owned()))]
    );
    assert_eq!(
        codes("jail.local", b"[sshd]\nmine = 3\naction = x[a=%(mine)s]\n"),
        []
    );
    assert_eq!(
        codes(
            "filter.d/sshd.local",
            b"[Definition]\nfailreges = x\n[Init]\nanything = y\n"
        ),
        [("unknown-option", 2, Some("failregex".to_owned()))]
    );
    assert_eq!(codes("jail.local", b"[a]\nx\n"), [("bad-line", 2, None)]);
    assert_eq!(
        codes("jail.local", b"[a]\n# \xff\n"),
        [("not-utf8", 2, None)]
    );
    for path in [
        "jail.conf",
        "fail2ban.conf",
        "filter.d/sshd.conf",
        "action.d/iptables.conf",
    ] {
        let stock = fs::read(base.join(path)).unwrap();
        assert_eq!(codes(path, &stock), [], "{path}");
    }
}

#[test]
fn folder_that_is_not_there_is_one_complaint() {
    let sources: Arc<dyn Sources> = Arc::new(Disk::new("/nowhere/at/all"));
    let config = Config::read(sources, &Version::parse("1.0.2"));
    let all = Rules::new(&config, &Memory::default()).all();
    assert_eq!(all.len(), 1, "{all:?}");
    assert_eq!(
        (all[0].code.word(), &all[0].about),
        ("refused", &About::Files)
    );
}
