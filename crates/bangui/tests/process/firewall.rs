//! BanGUI's own table in a network namespace of the test's own, as after a start of the machine.
use std::{
    io::{BufRead as _, BufReader},
    process::{Child, Command, Output, Stdio},
};

use super::ground::Ground;

/// A namespace that ends with the test.
struct Namespace(Child);

impl Namespace {
    fn new() -> Self {
        let mut holder = Command::new("unshare")
            .args(["--net", "--", "sh", "-c", "echo inside; cat"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut word = String::new();
        let mut output = BufReader::new(holder.stdout.take().unwrap());
        output.read_line(&mut word).unwrap();
        assert_eq!(word, "inside\n", "only root can make a network namespace");
        Self(holder)
    }

    fn net(&self) -> String {
        format!("--net=/proc/{}/ns/net", self.0.id())
    }

    fn nft(&self, words: &str) -> String {
        let output = Command::new("nsenter")
            .args([&*self.net(), "--", "nft", words])
            .output()
            .unwrap();
        ended_well(&output)
    }

    fn bangui(&self, ground: &Ground, args: &[&str]) -> Output {
        let mut command = ground.under("nsenter", &[&*self.net(), "--"], args);
        command.env("BANGUI_FIREWALL", "auto").output().unwrap()
    }
}

impl Drop for Namespace {
    fn drop(&mut self) {
        self.0.stdin.take();
        let _ = self.0.wait();
    }
}

fn ended_well(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[test]
fn firewall_load_after_a_start_of_the_machine_puts_back_what_is_kept_and_remove_leaves_the_rest() {
    let ground = Ground::new();
    let before = Namespace::new();
    let nothing = ended_well(&before.bangui(&ground, &["firewall", "load"]));
    assert!(nothing.starts_with("0 networks"), "{nothing}");
    assert_eq!(before.nft("list ruleset"), "", "there is nothing to block");
    drop(before);
    keep_a_list_and_a_ban(&ground);
    let after = Namespace::new();
    after.nft("add table inet others; add chain inet others input { type filter hook input priority 0; }; add rule inet others input tcp dport 22 accept");
    let others = after.nft("list ruleset");
    let loaded = ended_well(&after.bangui(&ground, &["firewall", "load"]));
    assert!(loaded.starts_with("1 networks are blocked."), "{loaded}");
    let rules = after.nft("list table inet bangui");
    assert!(
        rules.contains("45.10.0.0") && rules.contains("198.51.100.7"),
        "{rules}"
    );
    let again = ended_well(&after.bangui(&ground, &["firewall", "load"]));
    assert!(again.contains("as they were"), "{again}");
    ended_well(&after.bangui(&ground, &["firewall", "remove"]));
    assert_eq!(after.nft("list ruleset"), others);
    ended_well(&after.bangui(&ground, &["firewall", "remove"]));
}

#[test]
fn firewall_that_is_off_is_said_and_not_touched() {
    let ground = Ground::new();
    let output = ground.command(&["firewall", "remove"]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("BANGUI_FIREWALL is off"), "{said}");
}

/// As a server keeps them.
pub(crate) fn keep_a_list_and_a_ban(ground: &Ground) {
    let database = rusqlite::Connection::open(ground.database()).unwrap();
    database
        .execute_batch(
            "INSERT INTO blocklists (id, name, url, allow_http, every_seconds, enabled, both_ways, note, created_at)
                 VALUES (1, 'bad', 'https://lists.example/', 0, 3600, 1, 0, '', 0);
             INSERT INTO blocklist_copies (list, at, networks, v4, v6) VALUES (1, 1, 1, x'2d0a000010', x'');
             INSERT INTO own_bans (host, first, last, prefix, since, reason, by)
                 VALUES ('local', x'c6336407', x'c6336407', 32, 0, '', 'admin');",
        )
        .unwrap();
}
