use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::log::{Level, MAX_LINE_BYTES};

const HEAD: &str = "2026-11-23 19:13:17,702 ";

fn told(message: &str) -> Option<LogEvent> {
    LogEvent::of(&LogLine::journal("", message))
}

fn at(line: &str) -> Option<LogEvent> {
    LogLine::parse(line).and_then(|line| LogEvent::of(&line))
}

#[expect(clippy::unnecessary_wraps, reason = "compared with what a line tells")]
fn ban(jail: &str, id: &str) -> Option<LogEvent> {
    Some(LogEvent::Ban {
        jail: jail.into(),
        id: Subject::parse(id),
    })
}

#[test]
fn line_of_a_file_taken_apart_has_every_part() {
    let line =
        "2026-11-23 19:13:17,702 fail2ban.actions        [20832]: NOTICE  [sshd] Ban 192.0.2.10\n";
    let parsed = LogLine::parse(line).unwrap();
    assert_eq!(
        parsed,
        LogLine {
            at: Some(date(2026, 11, 23).at(19, 13, 17, 702_000_000)),
            logger: "fail2ban.actions",
            pid: Some(20832),
            level: Level::Notice,
            message: "[sshd] Ban 192.0.2.10",
            cut: false,
        }
    );
    assert_eq!(LogEvent::of(&parsed), ban("sshd", "192.0.2.10"));
}

#[test]
fn line_in_each_form_tells_the_same_ban() {
    for line in [
        "<29>fail2ban.actions[20832]: NOTICE [sshd] Ban 192.0.2.10\0",
        "fail2ban.actions[20832]: NOTICE [sshd] Ban 192.0.2.10",
        "2026-11-23 19:13:17,702 fail2ban.actions[20832]: NOTICE [sshd] Ban 192.0.2.10",
        " 2026-11-23 19:13:17,702 7F3CE98E64B0 NOTIC [sshd] Ban 192.0.2.10",
    ] {
        assert_eq!(at(line), ban("sshd", "192.0.2.10"), "{line}");
    }
    for (logger, message) in [
        ("fail2ban.actions", "[sshd] Ban 192.0.2.10"),
        ("fail2ban", "[sshd] Ban 192.0.2.10"),
        ("fail2ban.actions", "NOTICE [sshd] Ban 192.0.2.10"),
    ] {
        let line = LogLine::journal(logger, message);
        assert_eq!(LogEvent::of(&line), ban("sshd", "192.0.2.10"), "{message}");
    }
}

#[test]
fn line_without_a_head_continues_another() {
    for line in [
        "",
        "Traceback (most recent call last):",
        "  File \"/usr/lib/python3/dist-packages/fail2ban/server/actions.py\", line 501",
        "[sshd] Ban 192.0.2.1",
        "2026-11-23 19:13:17 fail2ban.actions [1]: NOTICE [sshd] Ban 192.0.2.1",
        "2026-13-23 19:13:17,702 fail2ban.actions [1]: NOTICE [sshd] Ban 192.0.2.1",
        "2026-11-23 19:13:17,702 other.actions [1]: NOTICE [sshd] Ban 192.0.2.1",
        "2026-11-23 19:13:17,702 fail2ban.actions [x]: NOTICE [sshd] Ban 192.0.2.1",
    ] {
        assert_eq!(LogLine::parse(line), None, "{line}");
    }
}

#[test]
fn event_written_by_another_part_is_not_believed() {
    let line = |logger: &str| format!("{HEAD}{logger} [1]: NOTICE  [sshd] Ban 192.0.2.1");
    assert_eq!(at(&line("fail2ban.actions")), ban("sshd", "192.0.2.1"));
    assert_eq!(at(&line("fail2ban.filter")), None);
    assert_eq!(at(&line("fail2ban")), None);
}

#[test]
fn id_with_spaces_brackets_and_words_of_the_log_stays_one_name() {
    for id in [
        "a user",
        "x] Ban 192.0.2.1",
        "[y] Unban 192.0.2.1",
        "1.2.3.4 - 2026-11-23 19:13:17",
        "x, bad - 2026-11-23 19:13:17, 1 # -> 2.0",
        "ünïcode \u{202e}",
    ] {
        assert_eq!(told(&format!("[sshd] Ban {id}")), ban("sshd", id));
        let found = format!("[sshd] Found {id} - 2026-11-23 19:13:17");
        let expected = LogEvent::Found {
            jail: "sshd".into(),
            id: Subject::parse(id),
            at: date(2026, 11, 23).at(19, 13, 17, 0),
        };
        assert_eq!(told(&found), Some(expected));
    }
}

#[test]
fn name_that_ends_in_words_of_the_log_makes_no_ban() {
    assert_eq!(
        told("[sshd] Ban 192.0.2.1 already banned"),
        Some(LogEvent::AlreadyBanned {
            jail: "sshd".into(),
            id: Subject::Other("Ban 192.0.2.1".into())
        })
    );
}

#[test]
fn increase_tells_count_time_and_end() {
    let of = |words: &str| match told(&format!("[sshd] Increase Ban 192.0.2.1 ({words})")) {
        Some(LogEvent::IncreaseBan {
            count,
            seconds,
            until,
            ..
        }) => (count, seconds, until),
        other => panic!("{words}: {other:?}"),
    };
    let end = date(2026, 11, 23).at(20, 20, 19, 0);
    assert_eq!(of("2 # 6s -> 2026-11-23 20:20:19"), (2, Some(6), Some(end)));
    assert_eq!(of("3 # permanent -> infinite"), (3, Some(-1), None));
    for (text, expected) in [
        ("59m 50s", 3590),
        ("2d 7h 15m", 2 * 86_400 + 7 * 3_600 + 900),
        ("1y 3w 4d", 390 * 86_400),
        ("0", 0),
    ] {
        assert_eq!(seconds(text), Some(expected), "{text}");
    }
    assert_eq!(seconds("6 apples"), None);
}

#[test]
fn lines_of_the_servers_life_are_told() {
    let jail = || "sshd".to_owned();
    for (message, expected) in [
        (
            "Starting Fail2ban v1.0.2",
            LogEvent::Starting {
                version: "1.0.2".into(),
            },
        ),
        (
            "Start Fail2ban v1.0.2",
            LogEvent::Started {
                version: "1.0.2".into(),
            },
        ),
        ("Shutdown in progress...", LogEvent::ShutdownInProgress),
        ("Stopping all jails", LogEvent::StoppingJails),
        ("Exiting Fail2ban", LogEvent::Exiting),
        ("Creating new jail 'sshd'", LogEvent::JailCreated(jail())),
        ("Jail 'sshd' started", LogEvent::JailStarted(jail())),
        ("Jail 'sshd' stopped", LogEvent::JailStopped(jail())),
        ("Jail 'sshd' reloaded", LogEvent::JailReloaded(jail())),
        ("Reload all jails", LogEvent::ReloadBegin(None)),
        ("Reload jail sshd", LogEvent::ReloadBegin(Some(jail()))),
        ("Reload finished.", LogEvent::ReloadEnd),
        (
            "Changed logging target to /var/log/fail2ban.log for Fail2ban v1.0.2",
            LogEvent::LogTarget("/var/log/fail2ban.log".into()),
        ),
    ] {
        assert_eq!(told(message), Some(expected), "{message}");
    }
    assert_eq!(told("Reload jail 'sshd'"), None);
    assert_eq!(told("Jail 'sshd' uses pyinotify {}"), None);
}

#[test]
fn failed_action_names_jail_action_and_error_also_where_it_was_cut() {
    let message = "Failed to execute ban jail 'sshd' action 'nft' info 'ActionInfo({'ip': '192.0.2.30', 'matches': 'x'})': Error banning 192.0.2.30";
    let expected = |error: &str| LogEvent::ActionFailed {
        jail: "sshd".into(),
        action: "nft".into(),
        step: ActionStep::Ban,
        error: error.into(),
    };
    assert_eq!(told(message), Some(expected("Error banning 192.0.2.30")));
    let long = message.replace("'x'", &format!("'{}'", "x".repeat(MAX_LINE_BYTES)));
    assert_eq!(told(&long), Some(expected("")));
}

#[test]
fn line_over_the_limit_is_cut_and_tells_no_ban() {
    let line = format!(
        "{HEAD}fail2ban.actions [1]: NOTICE  [sshd] Ban {}",
        "ü".repeat(MAX_LINE_BYTES)
    );
    let parsed = LogLine::parse(&line).unwrap();
    assert!(parsed.cut && parsed.message.len() <= MAX_LINE_BYTES);
    assert_eq!(LogEvent::of(&parsed), None);
}

#[test]
fn warning_about_a_lines_time_says_how_far_it_is_from_now() {
    let after = "the current time in operation mode. This looks like a timezone problem. Treating such entries as if they just happened.";
    let odd = |seconds| {
        let jail = "app".into();
        Some(LogEvent::OddTime { jail, seconds })
    };
    for (far, seconds) in [
        ("1h before", Some(-3_600)),
        ("1h 59m after", Some(7_140)),
        ("2d 3m 1s before", Some(-172_981)),
        ("what before", None),
    ] {
        let message = format!("[app] Detected a log entry {far} {after}");
        assert_eq!(told(&message), odd(seconds), "{message}");
    }
    for other in ["1h beside the current time", "1h before noon", "1h after"] {
        assert_eq!(told(&format!("[app] Detected a log entry {other}")), None);
    }
}

#[test]
fn log_that_cannot_be_opened_is_told_by_the_filter_alone() {
    let message = "Unable to open /var/log/app.log";
    let path = "/var/log/app.log".into();
    let line = format!("{HEAD}fail2ban.filter [1]: ERROR   {message}");
    assert_eq!(at(&line), Some(LogEvent::NotOpened(path)));
    let line = format!("{HEAD}fail2ban.actions [1]: ERROR   {message}");
    assert_eq!(at(&line), None);
}

proptest! {
    #[test]
    fn any_text_is_read_without_a_panic(line in ".*", message in ".*") {
        let _ = at(&line);
        let _ = at(&format!("{HEAD}fail2ban.actions [1]: NOTICE  {message}"));
        let _ = told(&message);
    }

    #[test]
    fn any_name_in_a_ban_comes_out_whole(id in "[^\r\n\0]{1,80}") {
        prop_assume!(!id.ends_with(" already banned"));
        prop_assert_eq!(told(&format!("[a-jail] Ban {id}")), ban("a-jail", &id));
        let unban = LogEvent::Unban { jail: "a-jail".into(), id: Subject::parse(&id) };
        prop_assert_eq!(told(&format!("[a-jail] Unban {id}")), Some(unban));
    }
}
