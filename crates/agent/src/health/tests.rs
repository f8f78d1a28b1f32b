//! What is said of jails from what was found and heard: of the journal, which no machine of a test need have, and of what no daemon does when it is told to.
use std::collections::HashMap;

use domain::{JailAlarm, JailHealth, JailSource, JailUnknown, Timestamp};
use fail2ban::database::LogPosition;

use super::{Facts, Heard, JOURNAL, Memory, Positions, Reads, log_file::LogFile, log_file::Look};
use crate::hear::Listening;

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
        made_at: None,
        listening: Listening {
            told_since: told.then(|| at(0)),
            behind: false,
        },
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

const LOG: &str = "/var/log/auth.log";

/// A jail that reads one log, and what was heard.
struct Scene {
    memory: Memory,
    look: Look,
    position: Option<u64>,
    unopened: Option<i64>,
    heard: Heard,
    paths: Vec<String>,
}

impl Scene {
    fn new(look: Look) -> Self {
        Self {
            memory: Memory::default(),
            look,
            position: None,
            unopened: None,
            heard: Heard {
                failure_at: None,
                ban_at: None,
                odd_time_at: None,
                made_at: None,
                listening: Listening {
                    told_since: Some(at(0)),
                    behind: false,
                },
            },
            paths: vec![LOG.into()],
        }
    }

    fn alarms(&mut self, now: i64) -> Vec<JailAlarm> {
        let reads = Reads {
            jail: "sshd".parse().unwrap(),
            idle: false,
            source: JailSource::Files(self.paths.clone()),
        };
        let note = |position| LogPosition {
            jail: "sshd".into(),
            path: LOG.into(),
            first_line_hash: Some("aa".into()),
            position: Some(position),
        };
        let named = |position| (("sshd".into(), LOG.into()), note(position));
        let facts = Facts {
            looks: HashMap::from([(LOG.into(), self.look.clone())]),
            positions: Some(self.position.into_iter().map(named).collect()),
            unopened: self
                .unopened
                .map(|seconds| (LOG.into(), at(seconds)))
                .into_iter()
                .collect(),
        };
        let health = self.memory.judge(reads, &facts, self.heard, at(now));
        health.alarms
    }
}

fn file(written: i64) -> Look {
    Look::File(LogFile {
        written_at: at(written),
        size: 100,
        first_line_hash: Some("aa".into()),
    })
}

fn not_seen(written: Option<i64>) -> Look {
    Look::NotSeen {
        written_at: written.map(at),
    }
}

const UNREADABLE: [JailAlarm; 1] = [JailAlarm::LogUnreadable];

#[test]
fn log_that_the_daemon_could_not_open_is_an_alarm_until_it_was_tried_again() {
    for look in [file, |written| not_seen(Some(written))] {
        let mut scene = Scene::new(look(0));
        assert_eq!(scene.alarms(50), []);
        scene.unopened = Some(100);
        assert_eq!(scene.alarms(100), UNREADABLE);
        assert_eq!(scene.alarms(3_000), UNREADABLE);
        // A busy log: each write is followed by a complaint, a moment later.
        for second in 3_000..3_030 {
            scene.look = look(second);
            assert_eq!(scene.alarms(second), UNREADABLE);
            scene.unopened = Some(second);
        }
        // Then it can be opened, and there is none.
        scene.look = look(3_030);
        assert_eq!(scene.alarms(3_039), UNREADABLE);
        assert_eq!(scene.alarms(3_040), []);
        // Until the next complaint.
        scene.unopened = Some(3_041);
        assert_eq!(scene.alarms(3_041), UNREADABLE);
    }
}

#[test]
fn log_that_may_not_be_looked_at_is_no_alarm_for_ever_after_one_complaint() {
    let mut scene = Scene::new(not_seen(None));
    scene.unopened = Some(0);
    assert_eq!(scene.alarms(1), UNREADABLE);
    assert_eq!(scene.alarms(DAY), []);
    // The jail matches a line of it.
    let mut scene = Scene::new(not_seen(None));
    scene.unopened = Some(0);
    scene.heard.failure_at = Some(at(60));
    assert_eq!(scene.alarms(61), []);
    // Its position moves on.
    let mut scene = Scene::new(not_seen(None));
    (scene.unopened, scene.position) = (Some(0), Some(100));
    assert_eq!(scene.alarms(1), UNREADABLE);
    scene.position = Some(200);
    assert_eq!(scene.alarms(2), []);
}

#[test]
fn match_of_a_jail_with_several_logs_says_nothing_of_one_that_could_not_be_opened() {
    let mut scene = Scene::new(not_seen(None));
    scene.unopened = Some(0);
    scene.paths.push("/var/log/other.log".into());
    scene.heard.failure_at = Some(at(60));
    assert_eq!(scene.alarms(61), UNREADABLE);
}

#[test]
fn nothing_matches_counts_from_when_failures_are_heard_and_the_jail_is_there() {
    let nothing = [JailAlarm::NothingMatches];
    // BanGUI was away for long, and so was what matched.
    let mut scene = Scene::new(file(10 * DAY));
    scene.heard.failure_at = Some(at(0));
    scene.heard.listening.told_since = Some(at(9 * DAY));
    assert_eq!(scene.alarms(10 * DAY), []);
    // It matched since.
    scene.look = file(16 * DAY);
    assert_eq!(scene.alarms(16 * DAY), nothing);
    scene.heard.failure_at = Some(at(15 * DAY));
    assert_eq!(scene.alarms(16 * DAY), []);
    // Nor was there a jail before it was made.
    scene.heard.failure_at = Some(at(0));
    scene.heard.made_at = Some(at(15 * DAY));
    assert_eq!(scene.alarms(16 * DAY), []);
    // What matched may stand in what was not read yet.
    scene.heard.made_at = None;
    scene.heard.listening.behind = true;
    assert_eq!(scene.alarms(16 * DAY), []);
    scene.heard.listening.behind = false;
    assert_eq!(scene.alarms(16 * DAY), nothing);
}
