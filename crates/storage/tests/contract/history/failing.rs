//! Who fails, and when jails last failed and banned.
use domain::{
    BanSubject, EventKind, Failing, HearCursor, HeardBatch, HeardEvent, HeardFailures, HostId,
    JailName, LastHeard, Origin, Place, Storage, Timestamp, UnbanCause,
};

use super::model::{BEGIN, HOUR};

const MINUTE: i64 = HOUR / 60;

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(BEGIN + millis)
}

fn jail(name: &str) -> JailName {
    name.parse().unwrap()
}

fn event(kind: EventKind, in_jail: &str, subject: &str, millis: i64) -> HeardEvent {
    HeardEvent {
        at: at(millis),
        kind,
        jail: jail(in_jail),
        subject: BanSubject::from_daemon(subject),
        origin: Origin::Detected,
        actor: None,
        cause: (kind == EventKind::Unban).then_some(UnbanCause::Expired),
        bantime_seconds: Some(600),
        failures: None,
        ban_count: None,
        lines: Vec::new(),
    }
}

fn failures(in_jail: &str, subject: &str, last: i64, count: u32) -> HeardFailures {
    HeardFailures {
        jail: jail(in_jail),
        subject: BanSubject::from_daemon(subject),
        hour: at(last.div_euclid(HOUR) * HOUR),
        count,
        last_at: at(last),
    }
}

fn ban_of_ten_minutes(subject: &str, from: i64) -> Vec<HeardEvent> {
    vec![
        event(EventKind::Ban, "app", subject, from),
        event(EventKind::Unban, "app", subject, from + 10 * MINUTE),
    ]
}

/// Stores a batch after the one with the number before.
async fn keep(
    storage: &dyn Storage,
    number: u32,
    events: Vec<HeardEvent>,
    failures: Vec<HeardFailures>,
) {
    let cursor = |number: u32| HearCursor(number.to_string());
    let places = vec![Place::default(); events.len()];
    let batch = HeardBatch {
        events,
        failures,
        cursor: cursor(number + 1),
        more: false,
    };
    let expected = (number > 0).then(|| cursor(number));
    let writes = storage.history_writes();
    let stored = writes
        .store_heard(&HostId::local(), expected.as_ref(), &batch, &places)
        .await;
    assert!(stored.unwrap().is_some());
}

async fn fail(storage: &dyn Storage, since: i64) -> Vec<(String, u64)> {
    let found = storage.history().failing(None, at(since), 10).await;
    let line = |failing: Failing| {
        (
            format!("{} {}", failing.jail, failing.subject),
            failing.failures,
        )
    };
    found.unwrap().into_iter().map(line).collect()
}

fn told(lines: &[(&str, u64)]) -> Vec<(String, u64)> {
    lines
        .iter()
        .map(|(line, count)| ((*line).to_owned(), *count))
        .collect()
}

pub(crate) async fn failing_again_after_a_ban_that_is_over_is_listed_with_what_came_since(
    storage: &dyn Storage,
) {
    // Everybody was banned in the first hour, most for ten minutes.
    let subjects = ["198.51.100.1", "198.51.100.2", "203.0.113.3", "a name"];
    let banned = subjects.map(|subject| event(EventKind::Ban, "app", subject, 10 * MINUTE));
    let led = subjects.map(|subject| failures("app", subject, 10 * MINUTE - 1, 5));
    keep(storage, 0, banned.into(), led.into()).await;
    assert_eq!(fail(storage, 0).await, told(&[]));
    let over = ["198.51.100.1", "198.51.100.2", "a name"]
        .map(|subject| event(EventKind::Unban, "app", subject, 20 * MINUTE));
    // In another jail nobody was banned.
    let elsewhere = vec![failures("web", "198.51.100.2", 15 * MINUTE, 2)];
    keep(storage, 1, over.into(), elsewhere).await;
    assert_eq!(fail(storage, 0).await, told(&[("web 198.51.100.2", 2)]));
    let again = ["198.51.100.1", "203.0.113.3", "a name"]
        .map(|subject| failures("app", subject, 90 * MINUTE, 3));
    keep(storage, 2, Vec::new(), again.into()).await;
    let mut listed = fail(storage, 0).await;
    listed.sort();
    let expected = [
        ("app 198.51.100.1", 3),
        ("app a name", 3),
        ("web 198.51.100.2", 2),
    ];
    assert_eq!(listed, told(&expected));
    // Banned again.
    let banned = vec![event(EventKind::Ban, "app", "198.51.100.1", 91 * MINUTE)];
    keep(storage, 3, banned, Vec::new()).await;
    let mut listed = fail(storage, 0).await;
    listed.sort();
    assert_eq!(listed, told(&expected[1..]));
}

pub(crate) async fn failing_is_ordered_by_what_counts_after_the_ban(storage: &dyn Storage) {
    let (often, seldom) = ("198.51.100.1", "198.51.100.2");
    let events = ban_of_ten_minutes(often, 10 * MINUTE);
    let counts = vec![
        failures("app", often, 10 * MINUTE - 1, 50),
        failures("app", often, 90 * MINUTE, 1),
        failures("app", seldom, 90 * MINUTE, 2),
    ];
    keep(storage, 0, events, counts).await;
    let expected = told(&[("app 198.51.100.2", 2), ("app 198.51.100.1", 1)]);
    assert_eq!(fail(storage, 0).await, expected);
}

pub(crate) async fn failing_that_is_cut_has_the_first_by_what_counts(storage: &dyn Storage) {
    let (often, seldom) = ("198.51.100.1", "198.51.100.2");
    let events = ban_of_ten_minutes(often, 10 * MINUTE);
    let counts = vec![
        failures("app", often, 10 * MINUTE - 1, 50),
        failures("app", often, 90 * MINUTE, 1),
        failures("app", seldom, 90 * MINUTE, 40),
    ];
    keep(storage, 0, events, counts).await;
    let first = storage.history().failing(None, at(0), 1).await.unwrap();
    let first: Vec<u64> = first.into_iter().map(|failing| failing.failures).collect();
    assert_eq!(first, [40]);
}

pub(crate) async fn failing_in_the_hour_in_which_the_ban_ended_counts_that_hour_whole(
    storage: &dyn Storage,
) {
    let subject = "198.51.100.1";
    let events = ban_of_ten_minutes(subject, 5 * MINUTE);
    keep(
        storage,
        0,
        events,
        vec![failures("app", subject, 5 * MINUTE - 1, 5)],
    )
    .await;
    assert_eq!(fail(storage, 0).await, told(&[]));
    keep(
        storage,
        1,
        Vec::new(),
        vec![failures("app", subject, 20 * MINUTE, 1)],
    )
    .await;
    assert_eq!(fail(storage, 0).await, told(&[("app 198.51.100.1", 6)]));
}

pub(crate) async fn last_heard_of_a_jail_is_its_newest_failure_and_ban(storage: &dyn Storage) {
    let of = async |names: &[&str]| {
        let names: Vec<JailName> = names.iter().map(|name| jail(name)).collect();
        let history = storage.history();
        history.last_heard(&HostId::local(), &names).await.unwrap()
    };
    let heard = |name: &str, failure_at: Option<i64>, ban_at: Option<i64>| LastHeard {
        jail: jail(name),
        failure_at: failure_at.map(at),
        ban_at: ban_at.map(at),
    };
    assert_eq!(of(&["app"]).await, [heard("app", None, None)]);
    let events = vec![
        event(EventKind::Ban, "app", "198.51.100.1", 3 * HOUR),
        event(EventKind::Ban, "app", "198.51.100.2", HOUR),
        event(EventKind::Unban, "app", "198.51.100.1", 4 * HOUR),
        event(EventKind::Ban, "web", "198.51.100.1", 5 * HOUR),
    ];
    let counts = vec![
        failures("app", "198.51.100.1", 2 * HOUR + 7, 1),
        failures("app", "198.51.100.2", 2 * HOUR + 5, 1),
        failures("app", "198.51.100.2", 4, 1),
        failures("quiet", "198.51.100.2", 40 * HOUR, 1),
    ];
    keep(storage, 0, events, counts).await;
    assert_eq!(
        of(&["web", "app", "quiet", "unknown"]).await,
        [
            heard("web", None, Some(5 * HOUR)),
            heard("app", Some(2 * HOUR + 7), Some(3 * HOUR)),
            heard("quiet", Some(40 * HOUR), None),
            heard("unknown", None, None),
        ]
    );
    let other: HostId = "other".parse().unwrap();
    let names = [jail("app")];
    let elsewhere = storage.history().last_heard(&other, &names).await.unwrap();
    assert_eq!(elsewhere, [heard("app", None, None)]);
}
