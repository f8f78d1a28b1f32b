//! A daemon that was killed and restores its bans one by one.
use std::{net::Ipv4Addr, sync::Arc, time::Duration};

use domain::{BanEnd, BanSubject, EventKind, JailName, Timestamp};

use super::{Listing, Machine};
use crate::{
    hear::facts::{Key, Line, LogFact, LogState, Now, Place},
    jail_bans::{JailBans, Row},
};

const BEGIN: i64 = 1_795_456_000_000;

/// With real actions.
const RESTORED_A_SECOND: usize = 100;

fn at(seconds: u64) -> Timestamp {
    Timestamp::from_millis(BEGIN).plus_seconds(i64::try_from(seconds).unwrap())
}

fn now(seconds: u64) -> Now {
    Now {
        elapsed: Duration::from_secs(seconds),
        clock: at(seconds),
        log: LogState::AtEnd,
        database: false,
        rows_at_end: true,
    }
}

fn jail(name: &str) -> JailName {
    name.parse().unwrap()
}

fn subjects(count: usize) -> Vec<BanSubject> {
    let first = u32::from(Ipv4Addr::new(10, 0, 0, 0));
    (first..)
        .take(count)
        .map(|address| BanSubject::from_daemon(&Ipv4Addr::from(address).to_string()))
        .collect()
}

fn bans(name: &str, subjects: &[BanSubject]) -> Arc<JailBans> {
    let row = |subject: &BanSubject| Row {
        subject: subject.clone(),
        banned_at: Some(at(0)),
        end: BanEnd::At(at(86_400)),
    };
    Arc::new(JailBans::new(
        jail(name),
        subjects.iter().map(row).collect(),
    ))
}

/// A machine that was told of these bans, and has told them.
fn heard(bans: &[(&str, &[BanSubject])]) -> Machine {
    let mut machine = Machine::default();
    let mut byte = 0;
    for (name, subjects) in bans {
        for subject in *subjects {
            let key = Key {
                jail: jail(name),
                subject: subject.clone(),
            };
            let line = Line {
                at: at(0),
                place: Place { file: 1, byte },
                new: true,
            };
            machine.log(line, LogFact::Ban(key), Duration::ZERO);
            byte += 1;
        }
    }
    machine.settle(now(1));
    machine.take(usize::MAX);
    machine
}

/// The ends that were told up to now.
fn ends(machine: &mut Machine) -> Vec<(String, BanSubject)> {
    let (told, _) = machine.take(usize::MAX);
    told.into_iter()
        .filter(|told| told.event.kind == EventKind::Unban)
        .map(|told| (told.event.jail.to_string(), told.event.subject))
        .collect()
}

#[test]
fn bans_that_are_restored_one_by_one_for_minutes_do_not_end_and_one_that_is_gone_does() {
    let all = subjects(20_000);
    let (gone, restored) = all.split_last().unwrap();
    let mut machine = heard(&[("app", &all)]);
    let lasts = u64::try_from(restored.len() / RESTORED_A_SECOND).unwrap();
    assert!(lasts > super::GONE_EARLY_STAYS.as_secs());
    // The list is looked at each ten seconds.
    for second in (10..=lasts + 10).step_by(10) {
        let count = usize::try_from(second).unwrap() * RESTORED_A_SECOND;
        let listed = restored.get(..count).unwrap_or(restored);
        let listing = Listing {
            jails: vec![bans("app", listed)],
            as_of: at(second),
        };
        machine.listed(&listing, now(second));
        assert_eq!(ends(&mut machine), [], "after {second} s");
    }
    let listing = |second| Listing {
        jails: vec![bans("app", restored)],
        as_of: at(second),
    };
    // From the last one that came back on.
    let patient = lasts + 10 + super::GONE_EARLY_STAYS.as_secs();
    machine.listed(&listing(patient - 10), now(patient - 10));
    assert_eq!(ends(&mut machine), []);
    machine.listed(&listing(patient), now(patient));
    assert_eq!(ends(&mut machine), [("app".to_owned(), gone.clone())]);
}

#[test]
fn ban_that_is_gone_from_one_jail_ends_while_another_jail_is_restored() {
    let all = subjects(300);
    let (first, rest) = all.split_first().unwrap();
    let gone = std::slice::from_ref(first);
    let mut machine = heard(&[("app", rest), ("web", gone)]);
    let mut told = Vec::new();
    for (second, count) in (5_u64..).zip(0..rest.len()) {
        let listing = Listing {
            jails: vec![bans("app", &rest[..count]), bans("web", &[])],
            as_of: at(second),
        };
        machine.listed(&listing, now(second));
        told.extend(ends(&mut machine));
    }
    assert_eq!(told, [("web".to_owned(), first.clone())]);
}

#[test]
fn ban_whose_time_is_over_ends_at_once_while_others_are_restored() {
    let all = subjects(3);
    let mut machine = heard(&[("app", &all)]);
    let listing = |second, count: usize| Listing {
        jails: vec![bans("app", &all[..count])],
        as_of: at(second),
    };
    // So that their end is known.
    machine.listed(&listing(2, 3), now(2));
    let over = 86_401;
    machine.listed(&listing(over, 0), now(over));
    machine.listed(&listing(over + 2, 1), now(over + 2));
    assert_eq!(ends(&mut machine), []);
    machine.listed(&listing(over + 4, 2), now(over + 4));
    assert_eq!(ends(&mut machine), [("app".to_owned(), all[2].clone())]);
}

#[test]
fn list_that_agrees_is_compared_again_when_it_or_what_was_heard_changes() {
    let all = subjects(300);
    let (late, early) = all.split_last().unwrap();
    let mut machine = heard(&[("app", early)]);
    let same = bans("app", early);
    let listing = |second| Listing {
        jails: vec![Arc::clone(&same)],
        as_of: at(second),
    };
    assert!(!machine.agreed.with(&same));
    machine.listed(&listing(5), now(5));
    assert!(machine.agreed.with(&same));
    assert!(!machine.agreed.with(&bans("app", early)), "another list");

    // What is heard now and never listed is gone.
    let key = Key {
        jail: jail("app"),
        subject: late.clone(),
    };
    let line = Line {
        at: at(6),
        place: Place { file: 1, byte: 900 },
        new: true,
    };
    machine.log(line, LogFact::Ban(key), Duration::from_secs(6));
    machine.settle(now(7));
    machine.take(usize::MAX);
    machine.listed(&listing(10), now(10));
    assert!(!machine.agreed.with(&same), "one more was heard");
    let patient = 10 + super::GONE_EARLY_STAYS.as_secs();
    machine.listed(&listing(patient), now(patient));
    assert_eq!(ends(&mut machine), [("app".to_owned(), late.clone())]);
    machine.listed(&listing(patient + 1), now(patient + 1));
    assert!(machine.agreed.with(&same));

    // What is listed no more is gone too.
    let shorter = bans("app", &early[1..]);
    for second in [patient + 2, 2 * patient + 2] {
        let listing = Listing {
            jails: vec![Arc::clone(&shorter)],
            as_of: at(second),
        };
        machine.listed(&listing, now(second));
    }
    assert_eq!(ends(&mut machine), [("app".to_owned(), early[0].clone())]);
}

#[test]
fn list_of_bans_whose_beginning_is_not_known_yet_is_compared_again() {
    let all = subjects(2);
    let mut machine = heard(&[("app", &all)]);
    let list = bans("app", &all);
    let listing = |second| Listing {
        jails: vec![Arc::clone(&list)],
        as_of: at(second),
    };
    // Too soon after the ban to be surely of it.
    machine.listed(&listing(1), now(1));
    assert!(!machine.agreed.with(&list));
    machine.listed(&listing(2), now(2));
    assert!(machine.agreed.with(&list));
}
