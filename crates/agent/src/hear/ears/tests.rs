use domain::{BanSubject, TimeRange};

use super::*;
use crate::hear::facts::{Key, Place};

const DAY: i64 = 24 * 3_600;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(1_795_000_000_000).plus_seconds(seconds)
}

fn line(seconds: i64, new: bool) -> Line {
    Line {
        at: at(seconds),
        place: Place::default(),
        new,
    }
}

fn jail() -> JailName {
    "sshd".parse().unwrap()
}

const LOG: &str = "/var/log/auth.log";

#[test]
fn lines_that_are_read_again_undo_nothing_that_was_resumed() {
    let seen = LastSeen::default();
    let odd = crate::hear::last_seen::OddTime {
        jail: jail(),
        at: at(100),
    };
    seen.resume(std::slice::from_ref(&odd), None, at(200));
    let before = [
        LogFact::Started,
        LogFact::JailCreated(jail()),
        LogFact::JailStopped(jail()),
        LogFact::NotOpened(LOG.into()),
    ];
    for fact in &before {
        note(&seen, line(50, false), fact);
        assert_eq!(seen.odd_times(), std::slice::from_ref(&odd), "{fact:?}");
    }
    assert_eq!(seen.unopened(LOG), None);
    assert_eq!(seen.of(&jail()).made_at, None);
    for fact in &before[..3] {
        seen.odd_time(&jail(), at(100));
        note(&seen, line(150, true), fact);
        assert_eq!(seen.odd_times(), [], "{fact:?}");
    }
    assert_eq!(seen.of(&jail()).made_at, Some(at(150)));
}

#[test]
fn failures_and_bans_of_lines_that_are_read_again_are_known() {
    let seen = LastSeen::default();
    let key = Key {
        jail: jail(),
        subject: BanSubject::from_daemon("192.0.2.1"),
    };
    let failure = LogFact::Failure {
        key: key.clone(),
        at: at(40),
    };
    note(&seen, line(41, false), &failure);
    note(&seen, line(42, false), &LogFact::Ban(key));
    let heard = seen.of(&jail());
    assert_eq!(
        (heard.failure_at, heard.ban_at),
        (Some(at(40)), Some(at(42)))
    );
}

#[test]
fn complaint_about_a_log_ends_with_the_daemon_that_made_it() {
    let seen = LastSeen::default();
    note(&seen, line(1, true), &LogFact::NotOpened(LOG.into()));
    assert_eq!(seen.unopened(LOG), Some(at(1)));
    note(&seen, line(2, true), &LogFact::Started);
    assert_eq!(seen.unopened(LOG), None);
}

#[test]
fn cursor_keeps_a_time_of_which_nothing_was_heard_as_long_as_it_is_told() {
    let unheard = TimeRange {
        from: at(0),
        until: at(100),
    };
    let cursor = Cursor {
        unheard: Some(unheard),
        ..Cursor::default()
    };
    let mut ears = Ears::resume(
        Some(&cursor.write()),
        Arc::default(),
        JournalConfig::default(),
        at(DAY),
    );
    let mut kept = |now: i64| {
        let batch = ears.batch(false, at(now));
        Cursor::read(Some(&batch.cursor)).unheard
    };
    assert_eq!(kept(DAY), Some(unheard));
    assert_eq!(kept(8 * DAY), None);
}
