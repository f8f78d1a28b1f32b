//! The machine against a small fail2ban of the tests: what it did is the ledger that the machine's events must equal.
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use domain::{BanEnd, EventKind, JailName, Origin, Timestamp, UnbanCause};
use proptest::prelude::*;

use super::{Listing, Machine};
use crate::{
    hear::facts::{Answer, Key, Line, LogFact, LogMemory, LogState, Now, Order, Place, RowFact},
    jail_bans::{JailBans, Row},
};

const BEGIN: i64 = 1_795_456_000_000;

fn key(subject: u8) -> Key {
    let jail = if subject.is_multiple_of(2) {
        "app"
    } else {
        "web"
    };
    Key {
        jail: jail.parse().unwrap(),
        subject: domain::BanSubject::from_daemon(&format!("192.0.2.{subject}")),
    }
}

/// An event without what makes it richer.
type Plain = (i64, &'static str, String);

fn plain(event: &domain::HeardEvent) -> Plain {
    let what = match (event.kind, event.cause) {
        (EventKind::Ban, _) if event.origin == Origin::Manual => "manual",
        (EventKind::Ban, _) if event.origin == Origin::Blocklist => "blocklist",
        (EventKind::Ban, _) => "ban",
        (EventKind::Restored, _) => "restored",
        (_, Some(UnbanCause::Expired)) => "expired",
        (_, Some(UnbanCause::ByHand)) => "byHand",
        (_, Some(UnbanCause::Flushed)) => "flushed",
        _ => "unknown",
    };
    let subject = format!("{} {}", event.jail, event.subject);
    (event.at.as_millis() - BEGIN, what, subject)
}

/// What happens in the small world.
#[derive(Debug, Clone)]
enum Act {
    Ban {
        subject: u8,
        manual: bool,
        seconds: i64,
    },
    Unban {
        subject: u8,
    },
    Pass {
        millis: i64,
    },
    Restart,
    Kill,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => (0_u8..5, any::<bool>(), 2_i64..40)
            .prop_map(|(subject, manual, seconds)| Act::Ban { subject, manual, seconds }),
        2 => (0_u8..5).prop_map(|subject| Act::Unban { subject }),
        4 => (2_100_i64..20_000).prop_map(|millis| Act::Pass { millis }),
        1 => Just(Act::Restart),
        1 => Just(Act::Kill),
    ]
}

/// A fail2ban that keeps a ledger.
#[derive(Default)]
struct World {
    now: i64,
    /// It is heard when it is over.
    late: bool,
    held: BTreeMap<Key, (i64, i64)>,
    rows: Vec<RowFact>,
    lines: Vec<(i64, LogFact)>,
    ledger: BTreeSet<Plain>,
}

impl World {
    fn line(&mut self, fact: LogFact) {
        self.lines.push((self.now, fact));
    }

    fn tell(&mut self, what: &'static str, key: &Key) {
        let subject = format!("{} {}", key.jail, key.subject);
        self.ledger.insert((self.now, what, subject));
    }

    fn act(&mut self, act: &Act) {
        // Two bans of one subject within a second have the same row.
        self.pass(1_137);
        match act {
            Act::Ban {
                subject,
                manual,
                seconds,
            } => self.ban(&key(*subject), *manual, *seconds),
            Act::Unban { subject } => {
                let key = key(*subject);
                if self.late && !self.held.contains_key(&key) {
                    // It would delete the rows of bans that are over: read late, that looks as if they had been ended by hand.
                    return;
                }
                self.rows.retain(|row| row.key != key);
                if self.held.remove(&key).is_some() {
                    self.line(LogFact::Unban(key.clone()));
                    self.tell("byHand", &key);
                }
            }
            Act::Pass { millis } => self.pass(*millis),
            Act::Restart => {
                self.line(LogFact::Stopping);
                for key in self.held.keys().cloned().collect::<Vec<_>>() {
                    self.line(LogFact::Unban(key.clone()));
                    self.tell("flushed", &key);
                }
                self.line(LogFact::Started);
                self.start();
            }
            Act::Kill => {
                // Nothing is written, and what is over when it starts again ended at its end.
                self.now += 3_000;
                for (key, (began, seconds)) in self.held.clone() {
                    let end = began + seconds * 1_000;
                    if end <= self.now {
                        let subject = format!("{} {}", key.jail, key.subject);
                        self.ledger.insert((end, "expired", subject));
                        self.held.remove(&key);
                    }
                }
                self.line(LogFact::Started);
                self.start();
            }
        }
    }

    fn ban(&mut self, key: &Key, manual: bool, seconds: i64) {
        if self.held.contains_key(key) {
            return;
        }
        if !manual {
            let at = Timestamp::from_millis(BEGIN + self.now);
            self.line(LogFact::Failure {
                key: key.clone(),
                at,
            });
        }
        self.line(LogFact::Ban(key.clone()));
        self.tell(if manual { "manual" } else { "ban" }, key);
        let began = self.now / 1_000 * 1_000;
        self.held.insert(key.clone(), (began, seconds));
        self.rows.push(RowFact {
            key: key.clone(),
            began: Timestamp::from_millis(BEGIN + began),
            seconds: Some(seconds),
            count: Some(1),
            failures: Some(u32::from(!manual)),
            lines: Vec::new(),
        });
    }

    fn start(&mut self) {
        self.now += 200;
        for key in self.held.keys().cloned().collect::<Vec<_>>() {
            self.line(LogFact::Restored(key.clone()));
            self.tell("restored", &key);
        }
    }

    /// Bans that are over end at the next full second.
    fn pass(&mut self, millis: i64) {
        let until = self.now + millis;
        while let Some((key, end)) = self
            .held
            .iter()
            .map(|(key, (began, seconds))| (key.clone(), began + seconds * 1_000))
            .filter(|(_, end)| *end <= until)
            .min_by_key(|(_, end)| *end)
        {
            self.now = self.now.max(end + 11);
            self.held.remove(&key);
            self.line(LogFact::Unban(key.clone()));
            self.tell("expired", &key);
        }
        self.now = self.now.max(until);
    }

    fn listing(&self) -> Listing {
        let mut jails: BTreeMap<JailName, Vec<Row>> = BTreeMap::new();
        for jail in ["app", "web"] {
            jails.entry(jail.parse().unwrap()).or_default();
        }
        for (key, (began, seconds)) in &self.held {
            let began = Timestamp::from_millis(BEGIN + began);
            jails.entry(key.jail.clone()).or_default().push(Row {
                subject: key.subject.clone(),
                banned_at: Some(began),
                end: BanEnd::At(began.plus_seconds(*seconds)),
            });
        }
        Listing {
            jails: jails
                .into_iter()
                .map(|(jail, rows)| Arc::new(JailBans::new(jail, rows)))
                .collect(),
            as_of: Timestamp::from_millis(BEGIN + self.now),
        }
    }

    fn answer(&self, key: &Key) -> Answer {
        let row = self.rows.iter().rev().find(|row| row.key == *key);
        row.map_or(Answer::Deleted, |row| Answer::There {
            began: row.began,
            seconds: row.seconds,
        })
    }
}

/// Feeds a machine as the agent does.
struct Feeder {
    machine: Machine,
    /// How many lines were read.
    lines: usize,
    rows: Vec<RowFact>,
    page: u64,
    told: BTreeSet<Plain>,
    log: bool,
    database: bool,
}

impl Feeder {
    fn new(log: bool, database: bool) -> Self {
        Self {
            machine: Machine::default(),
            lines: 0,
            rows: Vec::new(),
            page: 0,
            told: BTreeSet::new(),
            log,
            database,
        }
    }

    fn now(&self, world: &World, elapsed: Duration, behind: bool) -> Now {
        Now {
            elapsed,
            clock: Timestamp::from_millis(BEGIN + world.now),
            log: match (self.log, behind) {
                (false, _) => LogState::Absent,
                (true, true) => LogState::Behind,
                (true, false) => LogState::AtEnd,
            },
            database: self.database,
            rows_at_end: true,
        }
    }

    /// Reads at most so many lines, and all rows that are there; then time passes until everything that waits is decided.
    fn feed(&mut self, world: &World, lines: usize) {
        let mut elapsed = Duration::from_millis(u64::try_from(world.now).unwrap());
        if self.log {
            for (number, (at, fact)) in world.lines.iter().enumerate().skip(self.lines).take(lines)
            {
                let line = Line {
                    at: Timestamp::from_millis(BEGIN + at),
                    place: Place {
                        file: 1,
                        byte: number as u64,
                    },
                    new: true,
                };
                self.machine.log(line, fact.clone(), elapsed);
                self.lines = number + 1;
            }
        }
        let behind = self.log && self.lines < world.lines.len();
        if self.database {
            for row in &world.rows {
                if !self.rows.contains(row) {
                    self.machine.row(row.clone(), self.page, false, elapsed);
                    self.rows.push(row.clone());
                }
            }
            self.page += 1;
        }
        for _ in 0..3 {
            let now = self.now(world, elapsed, behind);
            self.machine.settle(now);
            for key in self.machine.asks() {
                let answer = world.answer(&key);
                self.machine.answered(&key, answer);
            }
            self.machine.settle(now);
            self.machine.listed(&world.listing(), now);
            elapsed += Duration::from_secs(5);
        }
        let (told, _) = self.machine.take(usize::MAX);
        self.told.extend(told.iter().map(|told| plain(&told.event)));
    }
}

fn without_cause(told: &BTreeSet<Plain>) -> BTreeSet<Plain> {
    let ends = ["expired", "byHand", "flushed", "unknown"];
    told.iter()
        .map(|(at, what, subject)| {
            let what = if ends.contains(what) { "end" } else { what };
            (*at, what, subject.clone())
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn heard_live_events_equal_the_ledger(acts in prop::collection::vec(act(), 1..40)) {
        let (mut world, mut feeder) = (World::default(), Feeder::new(true, true));
        for act in &acts {
            world.act(act);
            feeder.feed(&world, usize::MAX);
        }
        prop_assert_eq!(&feeder.told, &world.ledger);
    }

    #[test]
    fn heard_late_in_pieces_events_equal_the_ledger_and_no_cause_is_false(
        acts in prop::collection::vec(act(), 1..40),
        piece in 1_usize..20,
    ) {
        let (mut world, mut feeder) = (World::default(), Feeder::new(true, true));
        world.late = true;
        // When a ban ended that a killed daemon did not restore is lost where its row was deleted since.
        for act in acts.iter().filter(|act| !matches!(act, Act::Kill)) {
            world.act(act);
        }
        while feeder.lines < world.lines.len() {
            feeder.feed(&world, piece);
        }
        feeder.feed(&world, 0);
        // How a ban was made cannot be known when its row is gone.
        let known = |told: &BTreeSet<Plain>| -> BTreeSet<(i64, bool, String)> {
            told.iter()
                .map(|(at, what, subject)| (*at, ["ban", "manual"].contains(what), subject.clone()))
                .collect()
        };
        prop_assert_eq!(known(&feeder.told), known(&world.ledger));
        for told in &feeder.told {
            let is_end = ["expired", "byHand", "flushed"].contains(&told.1);
            prop_assert!(!is_end || world.ledger.contains(told), "{told:?} is false: {:#?}", world.ledger);
        }
    }

    #[test]
    fn heard_live_without_database_nothing_is_missing_or_invented(
        acts in prop::collection::vec(act(), 1..40),
    ) {
        let (mut world, mut feeder) = (World::default(), Feeder::new(true, false));
        // When a ban ended that a killed daemon did not restore, only the database tells.
        for act in acts.iter().filter(|act| !matches!(act, Act::Kill)) {
            world.act(act);
            feeder.feed(&world, usize::MAX);
        }
        let origins_aside = |told: &BTreeSet<Plain>| -> BTreeSet<Plain> {
            without_cause(told)
                .into_iter()
                .map(|(at, what, subject)| (at, if what == "manual" { "ban" } else { what }, subject))
                .collect()
        };
        prop_assert_eq!(origins_aside(&feeder.told), origins_aside(&world.ledger));
    }

    #[test]
    fn heard_without_log_each_ban_is_told_once(acts in prop::collection::vec(act(), 1..40)) {
        let (mut world, mut feeder) = (World::default(), Feeder::new(false, true));
        for act in &acts {
            world.act(act);
            feeder.feed(&world, usize::MAX);
        }
        // The database's times are whole seconds, in which two bans of a subject are one.
        let bans = |told: &BTreeSet<Plain>| -> BTreeSet<Plain> {
            told.iter()
                .filter(|(_, what, _)| ["ban", "manual"].contains(what))
                .map(|(at, what, subject)| (at / 1_000, *what, subject.clone()))
                .collect()
        };
        prop_assert_eq!(bans(&feeder.told), bans(&world.ledger));
    }
}

fn line(at: i64, byte: u64) -> Line {
    Line {
        at: Timestamp::from_millis(BEGIN + at),
        place: Place { file: 1, byte },
        new: true,
    }
}

fn now(at: i64) -> Now {
    Now {
        elapsed: Duration::from_millis(u64::try_from(at).unwrap()),
        clock: Timestamp::from_millis(BEGIN + at),
        log: LogState::AtEnd,
        database: true,
        rows_at_end: true,
    }
}

fn told(machine: &mut Machine) -> Vec<Plain> {
    let (told, _) = machine.take(usize::MAX);
    told.iter().map(|told| plain(&told.event)).collect()
}

fn row(subject: u8, began: i64) -> RowFact {
    RowFact {
        key: key(subject),
        began: Timestamp::from_millis(BEGIN + began),
        seconds: Some(600),
        count: Some(1),
        failures: Some(3),
        lines: vec!["a line".into()],
    }
}

#[test]
fn ban_without_its_row_is_told_in_time_and_again_when_the_row_comes() {
    let mut machine = Machine::default();
    machine.log(
        line(100, 0),
        LogFact::Ban(key(1)),
        Duration::from_millis(100),
    );
    machine.settle(now(200));
    assert_eq!(told(&mut machine), []);
    machine.settle(now(360));
    let ban = (100, "ban", "web 192.0.2.1".to_owned());
    assert_eq!(told(&mut machine), std::slice::from_ref(&ban));
    machine.row(row(1, 0), 1, false, Duration::from_secs(1));
    let (again, _) = machine.take(10);
    assert_eq!(plain(&again[0].event), ban);
    assert_eq!(again[0].event.lines.len(), 1);
    assert_eq!(again[0].event.bantime_seconds, Some(600));
}

#[test]
fn row_that_was_told_before_its_line_is_the_same_ban() {
    let mut machine = Machine::default();
    machine.row(row(1, 0), 1, false, Duration::ZERO);
    machine.settle(now(2_500));
    assert_eq!(told(&mut machine), [(0, "ban", "web 192.0.2.1".to_owned())]);
    machine.log(line(100, 0), LogFact::Ban(key(1)), Duration::from_secs(3));
    machine.settle(now(4_000));
    assert_eq!(told(&mut machine), []);
}

#[test]
fn rows_of_a_replaced_database_that_were_told_before_are_not_told_again() {
    let mut machine = Machine::default();
    machine.row(row(1, 0), 1, true, Duration::ZERO);
    machine.settle(now(10_000));
    assert_eq!(told(&mut machine), []);
}

#[test]
fn unban_by_this_agent_is_by_hand_also_without_a_database() {
    let mut machine = Machine::default();
    let circumstances = |at| Now {
        database: false,
        ..now(at)
    };
    machine.order(Order::Unban(key(1)), Timestamp::from_millis(BEGIN + 900));
    machine.log(line(100, 0), LogFact::Ban(key(1)), Duration::ZERO);
    machine.log(line(1_000, 1), LogFact::Unban(key(1)), Duration::ZERO);
    machine.settle(circumstances(1_000));
    let told: Vec<_> = told(&mut machine).into_iter().map(|told| told.1).collect();
    assert_eq!(told, ["ban", "byHand"]);
}

fn ban_of(subject: u8, for_list: bool) -> Order {
    Order::Ban {
        key: key(subject),
        for_list,
    }
}

#[test]
fn ban_that_was_ordered_is_of_a_list_or_by_hand_whatever_tells_of_it() {
    for (for_list, origin) in [(true, "blocklist"), (false, "manual")] {
        let mut machine = Machine::default();
        for subject in [1, 2] {
            machine.order(ban_of(subject, for_list), Timestamp::from_millis(BEGIN));
        }
        machine.log(line(0, 0), LogFact::Ban(key(1)), Duration::ZERO);
        machine.row(row(2, 0), 1, false, Duration::ZERO);
        machine.settle(now(60_000));
        let told: Vec<&str> = told(&mut machine).iter().map(|told| told.1).collect();
        assert_eq!(told, [origin, origin]);
    }
}

#[test]
fn order_says_nothing_of_a_ban_that_begins_after_it_had_its_effect() {
    for everything in [false, true] {
        let mut machine = Machine::default();
        let order = if everything {
            Order::UnbanEverything
        } else {
            Order::Unban(key(1))
        };
        let circumstances = |at| Now {
            database: false,
            ..now(at)
        };
        machine.log(line(0, 0), LogFact::Ban(key(1)), Duration::ZERO);
        machine.order(order, Timestamp::from_millis(BEGIN + 900));
        machine.log(line(1_000, 1), LogFact::Unban(key(1)), Duration::ZERO);
        machine.order(ban_of(2, false), Timestamp::from_millis(BEGIN + 1_000));
        for (at, place, fact) in [
            (1_100, 2, LogFact::Ban(key(2))),
            (1_200, 3, LogFact::Unban(key(2))),
            // Within the two minutes in which an order is awaited.
            (20_000, 4, LogFact::Ban(key(1))),
            (20_000, 5, LogFact::Ban(key(2))),
            (40_000, 6, LogFact::Unban(key(1))),
        ] {
            machine.log(line(at, place), fact, Duration::ZERO);
        }
        machine.settle(circumstances(60_000));
        let of = |subject: u8, told: &[Plain]| -> Vec<&'static str> {
            let name = format!("192.0.2.{subject}");
            let own = told.iter().filter(|told| told.2.ends_with(&name));
            own.map(|told| told.1).collect()
        };
        let told = told(&mut machine);
        assert_eq!(of(1, &told)[..3], ["ban", "byHand", "ban"], "{told:?}");
        assert_ne!(of(1, &told)[3], "byHand", "{told:?}");
        assert_eq!(of(2, &told)[0], "manual", "{told:?}");
        assert_eq!(of(2, &told).last(), Some(&"ban"), "{told:?}");
    }
}

#[test]
fn unbans_before_a_jail_stopped_are_flushed() {
    let mut machine = Machine::default();
    machine.log(line(0, 0), LogFact::Ban(key(1)), Duration::ZERO);
    machine.row(row(1, 0), 1, false, Duration::ZERO);
    machine.settle(now(1));
    machine.log(
        line(1_000, 1),
        LogFact::Unban(key(1)),
        Duration::from_secs(1),
    );
    machine.settle(now(1_000));
    for key in machine.asks() {
        let (began, seconds) = (Timestamp::from_millis(BEGIN), Some(600));
        machine.answered(&key, Answer::There { began, seconds });
    }
    machine.settle(now(1_100));
    assert_eq!(
        told(&mut machine).len(),
        1,
        "the unban waits for what follows"
    );
    let web = key(1).jail;
    machine.log(
        line(1_200, 2),
        LogFact::JailStopped(web),
        Duration::from_millis(1_200),
    );
    machine.settle(now(1_200));
    assert_eq!(
        told(&mut machine),
        [(1_000, "flushed", "web 192.0.2.1".to_owned())]
    );
}

/// All of it is read an hour later, when its rows are deleted.
fn heard_late(facts: Vec<LogFact>) -> Vec<&'static str> {
    let mut machine = Machine::default();
    for (at, fact) in (0_i64..).zip(facts) {
        let place = u64::try_from(at).unwrap();
        machine.log(line(at * 1_000, place), fact, Duration::ZERO);
    }
    for at in [3_600_000, 3_600_001] {
        machine.settle(now(at));
        for key in machine.asks() {
            machine.answered(&key, Answer::Deleted);
        }
    }
    told(&mut machine).into_iter().map(|told| told.1).collect()
}

#[test]
fn unban_by_hand_before_a_stop_that_is_read_with_it_is_by_hand() {
    let by_hand = || [LogFact::Ban(key(1)), LogFact::Unban(key(1))];
    let stopped = || LogFact::JailStopped(key(1).jail);
    let daemon_stops = by_hand().into_iter().chain([LogFact::Stopping, stopped()]);
    assert_eq!(heard_late(daemon_stops.collect()), ["manual", "byHand"]);
    let other = Key {
        jail: key(1).jail,
        ..key(2)
    };
    let jail_stops = [
        LogFact::Ban(other.clone()),
        LogFact::Unban(other),
        stopped(),
    ];
    let jail_stops = by_hand().into_iter().chain(jail_stops);
    assert_eq!(
        heard_late(jail_stops.collect()),
        ["manual", "manual", "byHand", "flushed"]
    );
}

#[test]
fn ban_without_row_and_failure_is_manual_only_where_failures_are_logged() {
    let failure = LogFact::Failure {
        key: key(2),
        at: Timestamp::from_millis(BEGIN),
    };
    assert_eq!(heard_late(vec![LogFact::Ban(key(1))]), ["ban"]);
    assert_eq!(heard_late(vec![failure, LogFact::Ban(key(1))]), ["manual"]);
    assert_eq!(
        heard_late(vec![LogFact::Started, LogFact::Ban(key(1))]),
        ["manual"]
    );
}

#[test]
fn failures_are_counted_by_hour_and_not_again_for_lines_that_are_read_again() {
    let mut machine = Machine::default();
    let failure = |at: i64| LogFact::Failure {
        key: key(1),
        at: Timestamp::from_millis(at),
    };
    let hour = BEGIN / 3_600_000 * 3_600_000;
    machine.log(line(0, 0), failure(hour), Duration::ZERO);
    machine.log(line(0, 1), failure(hour + 3_599_999), Duration::ZERO);
    machine.log(line(0, 2), failure(hour + 3_600_000), Duration::ZERO);
    let again = Line {
        new: false,
        ..line(0, 3)
    };
    machine.log(again, failure(hour), Duration::ZERO);
    let (_, failures) = machine.take(10);
    let counts: Vec<(i64, u32)> = failures
        .iter()
        .map(|of| (of.hour.as_millis() - hour, of.count))
        .collect();
    assert_eq!(counts, [(0, 2), (3_600_000, 1)]);
}

#[test]
fn listed_ban_that_no_source_told_is_told_when_the_difference_stays() {
    let mut machine = Machine::default();
    let mut world = World::default();
    world.held.insert(key(1), (0, 600));
    machine.listed(&world.listing(), now(1_000));
    assert_eq!(told(&mut machine), []);
    machine.listed(&world.listing(), now(5_100));
    assert_eq!(told(&mut machine), [(0, "ban", "web 192.0.2.1".to_owned())]);
    machine.listed(&world.listing(), now(20_000));
    assert_eq!(told(&mut machine), []);
}

#[test]
fn listed_ban_from_before_the_cursor_is_known() {
    let mut machine = Machine::resume(
        Some(Timestamp::from_millis(BEGIN + 10_000)),
        LogMemory::default(),
    );
    let mut world = World::default();
    world.held.insert(key(1), (0, 600));
    for at in [11_000, 30_000] {
        machine.listed(&world.listing(), now(at));
    }
    assert_eq!(told(&mut machine), []);
}
