//! What is said of jails that read the journal, which no machine of a test need have.
use std::collections::HashMap;

use domain::{JailAlarm, JailHealth, JailSource, JailUnknown, Timestamp};
use fail2ban::database::LogPosition;

use super::{Facts, Heard, JOURNAL, Memory, Positions, Reads};

const DAY: i64 = 24 * 3_600;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(1_795_000_000_000).plus_seconds(seconds)
}

/// The notes of a daemon that read an entry of that time last.
fn noted(seconds: i64) -> Positions {
    let position = u64::try_from(at(seconds).as_millis() / 1_000).unwrap();
    let note = LogPosition {
        jail: "sshd".into(),
        path: JOURNAL.into(),
        first_line_hash: Some("2026-11-18T11:06:40".into()),
        position: Some(position),
    };
    Positions::from([(("sshd".into(), JOURNAL.into()), note)])
}

fn judge(positions: Option<Positions>, told: bool, now: i64) -> JailHealth {
    let reads = Reads {
        jail: "sshd".parse().unwrap(),
        idle: false,
        source: JailSource::Journal(vec!["_SYSTEMD_UNIT=sshd.service".into()]),
    };
    let facts = Facts {
        looks: HashMap::new(),
        positions,
        unopened: HashMap::new(),
    };
    let heard = Heard {
        failure_at: Some(at(0)),
        ban_at: None,
        odd_time_at: None,
        told,
    };
    Memory::default().judge(reads, &facts, heard, at(now))
}

#[test]
fn jail_on_the_journal_without_a_note_of_its_reading_is_not_said_to_be_well() {
    for positions in [None, Some(Positions::new())] {
        let health = judge(positions, true, 9 * DAY);
        assert_eq!(health.alarms, []);
        assert_eq!(health.unknown, [JailUnknown::ReadingNotNoted]);
    }
}

#[test]
fn jail_on_the_journal_is_judged_by_the_last_entry_that_was_read() {
    let health = judge(Some(noted(DAY)), true, DAY);
    assert_eq!((health.alarms, health.unknown), (vec![], vec![]));
    let health = judge(Some(noted(0)), true, DAY);
    assert_eq!(health.alarms, [JailAlarm::LogSilent]);
    let health = judge(Some(noted(8 * DAY)), true, 8 * DAY);
    assert_eq!(health.alarms, [JailAlarm::NothingMatches]);
}

#[test]
fn jail_on_the_journal_whose_matches_are_not_heard_says_so() {
    let health = judge(Some(noted(8 * DAY)), false, 8 * DAY);
    assert_eq!(health.alarms, []);
    assert_eq!(health.unknown, [JailUnknown::MatchesNotHeard]);
}
