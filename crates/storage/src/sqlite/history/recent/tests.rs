use std::path::Path;

use domain::{
    BanFilter, BanSubject, Dimension, DimensionValue, EventFilter, EventId, EventKind, EventQuery,
    HeardEvent, HeardFailures, Storage as _, TimeRange, Timestamp,
};
use rusqlite::Connection;

use super::super::testing::{event, open, store};
use crate::{
    Sqlite,
    sqlite::migrations::{MIGRATIONS, migrate},
};

const HOUR: i64 = 3_600_000;

fn ban(number: u8) -> HeardEvent {
    let at = i64::from(number) * 1_000;
    event(at, EventKind::Ban, "sshd", &format!("192.0.2.{number}"))
}

/// Stores a ban of each number, with three failures of its subject.
async fn keep(storage: &Sqlite, numbers: impl Iterator<Item = u8>) -> u64 {
    let events: Vec<HeardEvent> = numbers.map(ban).collect();
    let failures = events.iter().map(|event| HeardFailures {
        jail: event.jail.clone(),
        subject: event.subject.clone(),
        hour: Timestamp::from_millis(0),
        count: 3,
        last_at: event.at,
    });
    let failures = failures.collect();
    store(storage, events, failures).await
}

/// How many bans there are: listed, counted by roll-ups, and known of their subjects with their failures.
async fn bans(storage: &Sqlite) -> (usize, u64, u64, u64) {
    let history = storage.history();
    let listed = history.events(&EventQuery::default()).await.unwrap();
    let edges = [0, 24 * HOUR].map(Timestamp::from_millis);
    let all = BanFilter::default();
    let counted = history.bans_between(&all, &edges).await.unwrap();
    let (mut known, mut failures) = (0, 0);
    for event in &listed.items {
        for row in history.subject(&event.what.subject).await.unwrap() {
            (known, failures) = (known + row.bans, failures + row.failures);
        }
    }
    (listed.items.len(), counted.iter().sum(), known, failures)
}

fn rows(path: &Path, table: &str) -> i64 {
    let sql = format!("SELECT count(*) FROM {table}");
    let raw = Connection::open(path).unwrap();
    raw.query_row(&sql, [], |row| row.get(0)).unwrap()
}

#[tokio::test]
async fn what_is_recent_is_there_after_a_start_and_told_again_is_known() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("db");
    for _ in 0..2 {
        let storage = open(&path, 1_000);
        keep(&storage, 0..60).await;
        storage.close().await;
    }
    let storage = open(&path, 1_000);
    assert_eq!(bans(&storage).await, (60, 60, 60, 360));
    assert_eq!(keep(&storage, 0..61).await, 1);
    assert_eq!(rows(&path, "events"), 0);
    storage.close().await;
}

#[tokio::test]
async fn what_is_settled_in_part_goes_on_after_a_start() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("db");
    let storage = open(&path, 1_000);
    keep(&storage, 0..60).await;
    storage.close().await;
    // Opened with less, it has enough for some parts; one is worked in before the program is killed.
    {
        let connection = Connection::open(&path).unwrap();
        let states = super::States::new(40);
        super::super::settle::step(&connection, &states).unwrap();
    }
    assert_eq!(rows(&path, "events"), 5);
    let storage = open(&path, 1_000);
    assert_eq!(bans(&storage).await, (60, 60, 60, 180));
    assert_eq!(keep(&storage, 0..62).await, 2);
    assert_eq!(bans(&storage).await, (62, 62, 62, 62 * 3 + 60 * 3));
    let of_one = EventFilter {
        network: Some("192.0.2.3/32".parse().unwrap()),
        ..EventFilter::default()
    };
    let count = storage.history().count_events(&of_one, 10).await.unwrap();
    assert_eq!(count.count, 1);
    storage.close().await;
}

#[tokio::test]
async fn what_is_many_leaves_the_journal() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("db");
    let storage = open(&path, 64);
    for begin in (0..200).step_by(20) {
        keep(&storage, begin..begin + 20).await;
    }
    storage.close().await;
    // Of each there are as many failures as events.
    assert!(rows(&path, "events") >= 200 - 64);
    let storage = open(&path, 64);
    let (_, counted, ..) = bans(&storage).await;
    assert_eq!(counted, 200);
    storage.close().await;
}

#[tokio::test]
async fn what_another_process_wrote_is_seen() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("db");
    let (one, other) = (open(&path, 1_000), open(&path, 1_000));
    keep(&one, 0..10).await;
    assert_eq!(bans(&other).await.0, 10);
    keep(&other, 10..30).await;
    assert_eq!(bans(&one).await, (30, 30, 30, 90));
    keep(&one, 30..40).await;
    assert_eq!(bans(&other).await.0, 40);
    one.close().await;
    other.close().await;
}

#[tokio::test]
async fn what_is_old_is_counted_before_it_is_forgotten() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("db");
    let storage = open(&path, 1_000);
    keep(&storage, 0..60).await;
    let before = Timestamp::from_millis(20_000);
    let gone = storage
        .history_writes()
        .forget(before, Timestamp::from_millis(0), 1_000)
        .await;
    assert_eq!(gone.unwrap(), 20);
    let (listed, counted, ..) = bans(&storage).await;
    assert_eq!((listed, counted), (40, 60));
    storage.close().await;
}

#[tokio::test]
async fn what_cannot_be_settled_stays_recent_until_it_can() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("db");
    let storage = open(&path, 40);
    let raw = Connection::open(&path).unwrap();
    // Of another kind than a full disk: the writer goes on with what is new.
    raw.execute_batch(
        "CREATE TRIGGER sabotage BEFORE INSERT ON events WHEN new.address > x'c0000214' BEGIN SELECT raise(ABORT, 'sabotage'); END",
    )
    .unwrap();
    for begin in (0..60).step_by(10) {
        keep(&storage, begin..begin + 10).await;
        let kept = u64::from(begin + 10);
        let listed = usize::from(begin + 10);
        assert_eq!(bans(&storage).await, (listed, kept, kept, 3 * kept));
    }
    raw.execute_batch("DROP TRIGGER sabotage").unwrap();
    assert_eq!(keep(&storage, 60..61).await, 1);
    // Closing waits for the writer, which has worked in at least one more part.
    storage.close().await;
    assert!(rows(&path, "events") > 21, "{}", rows(&path, "events"));
    let storage = open(&path, 1_000);
    assert_eq!(bans(&storage).await, (61, 61, 61, 183));
    storage.close().await;
}

#[tokio::test]
async fn what_was_stored_before_there_was_a_journal_is_known_and_followed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("db");
    let mut raw = Connection::open(&path).unwrap();
    let before = MIGRATIONS.get(..3).unwrap();
    migrate(&mut raw, &path, before).unwrap();
    // A ban of 192.0.2.7 as version 3 kept it, without what was counted of it.
    raw.execute_batch(
        "INSERT INTO hosts (id, name) VALUES (1, 'local');
         INSERT INTO jails (id, host_id, name) VALUES (1, 1, 'sshd');
         INSERT INTO events (id, at, jail, kind, origin, address, prefix, text, country, asn, lines) VALUES (41, 7000, 1, 0, 0, x'c0000207', 32, 0, 0, 0, 0);
         UPDATE history SET events = 1, last_event = 41;",
    )
    .unwrap();
    drop(raw);
    let storage = open(&path, 1_000);
    assert_eq!(keep(&storage, 7..9).await, 1);
    let all = storage
        .history()
        .events_after(EventId(0), 10)
        .await
        .unwrap();
    let found: Vec<_> = all
        .iter()
        .map(|event| (event.id.0, event.what.subject.to_string()))
        .collect();
    let expected = [(41, "192.0.2.7"), (42, "192.0.2.8")];
    assert_eq!(
        found,
        expected.map(|(id, subject)| (id, subject.to_owned()))
    );
    storage.close().await;
}

#[tokio::test]
async fn subject_banned_often_of_late_is_first_among_very_many() {
    // So many that they are not counted one by one.
    const MANY: u32 = 8_200;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("db");
    let storage = open(&path, 1_000);
    let another = |number: u32| HeardEvent {
        at: Timestamp::from_millis(i64::from(number)),
        subject: BanSubject::from_daemon(
            &std::net::Ipv4Addr::from(0x0b00_0000 + number).to_string(),
        ),
        ..ban(0)
    };
    let of_one = |number: u8| HeardEvent {
        at: Timestamp::from_millis(i64::from(number)),
        ..ban(1)
    };
    store(&storage, (0..MANY).map(another).collect(), Vec::new()).await;
    storage.close().await;
    let storage = open(&path, 100_000);
    store(&storage, (0..30).map(of_one).collect(), Vec::new()).await;
    let range = TimeRange {
        from: Timestamp::from_millis(-1),
        until: Timestamp::from_millis(HOUR),
    };
    let top = storage
        .history()
        .top(&BanFilter::default(), range, Dimension::Subject, 3)
        .await
        .unwrap();
    assert_eq!(top.total, u64::from(MANY) + 30);
    let first = top.items.first().unwrap();
    let expected = BanSubject::from_daemon("192.0.2.1");
    assert!(
        matches!(&first.value, DimensionValue::Subject(subject, _) if *subject == expected),
        "{first:?}"
    );
    assert_eq!(first.bans, 30);
    storage.close().await;
}

#[tokio::test]
async fn most_banned_are_not_called_exact_where_a_recent_ban_may_decide() {
    const MANY: u32 = 8_200;
    const DAY: i64 = 24 * HOUR;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("db");
    let storage = open(&path, 1_000);
    let at = |moment: i64, subject: &str| HeardEvent {
        at: Timestamp::from_millis(moment),
        subject: BanSubject::from_daemon(subject),
        ..ban(0)
    };
    let one = |number: u32| {
        let address = std::net::Ipv4Addr::from(0x0b00_0000 + number);
        at(i64::from(number), &address.to_string())
    };
    // Never twice on a day, and nobody often: no list tells of them.
    let first = (0..9).map(|day| at(day * DAY + HOUR, "192.0.2.1"));
    let second = (0..7).map(|day| at(day * DAY + HOUR, "192.0.2.2"));
    let events = (0..MANY).map(one).chain(first).chain(second);
    store(&storage, events.collect(), Vec::new()).await;
    storage.close().await;
    let storage = open(&path, 100_000);
    let late = 10 * DAY;
    let recent = vec![
        at(late, "192.0.2.1"),
        at(late, "192.0.2.2"),
        at(late + 1, "192.0.2.2"),
    ];
    store(&storage, recent, Vec::new()).await;
    let range = TimeRange {
        from: Timestamp::from_millis(-1),
        until: Timestamp::from_millis(20 * DAY),
    };
    let top = storage
        .history()
        .top(&BanFilter::default(), range, Dimension::Subject, 1)
        .await
        .unwrap();
    let bans = top.items.first().unwrap().bans;
    assert!(bans == 10 || !top.exact, "{bans} bans, called exact");
    storage.close().await;
}

#[tokio::test]
async fn recent_event_is_found_beside_chunks_of_failures_alone() {
    let folder = tempfile::tempdir().unwrap();
    let storage = open(&folder.path().join("db"), 100_000);
    // More than a chunk takes before the next begins.
    let failures = |network: u32| {
        (0..600).map(move |number| {
            let address = std::net::Ipv4Addr::from(0x0b00_0000 + network * 65_536 + number);
            HeardFailures {
                jail: "sshd".parse().unwrap(),
                subject: BanSubject::from_daemon(&address.to_string()),
                hour: Timestamp::from_millis(0),
                count: 1,
                last_at: Timestamp::from_millis(1),
            }
        })
    };
    store(&storage, vec![ban(1)], failures(1).collect()).await;
    store(&storage, Vec::new(), failures(2).collect()).await;
    store(&storage, vec![ban(2)], Vec::new()).await;
    for id in 1..=2 {
        let found = storage.history().event(EventId(id)).await.unwrap();
        assert_eq!(found.map(|event| event.id), Some(EventId(id)));
    }
    let query = EventQuery::default();
    let page = storage.history().events(&query).await.unwrap();
    assert_eq!(page.items.len(), 2);
    storage.close().await;
}
