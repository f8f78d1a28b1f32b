use std::path::Path;

use domain::{
    BanSubject, EventFilter, EventKind, EventQuery, HeardEvent, PageSize, Storage as _, TimeRange,
    Timestamp,
};
use ipnet::IpNet;
use rusqlite::Connection;

use super::{
    super::testing::{event, keep},
    time::STRETCH_OF_ADDRESSES as STRETCH,
};
use crate::{OpenOptions, Sqlite};

const ADDRESS: &str = "192.0.2.7";
const ALONE: &str = "192.0.2.7/32";
const NETWORK: &str = "192.0.2.0/24";

/// The moments of a network's events, newest first and oldest first, and how many are counted.
async fn found(path: &Path, network: &str, range: Option<TimeRange>) -> (Vec<i64>, Vec<i64>, u64) {
    let storage = Sqlite::open(OpenOptions::new(path)).unwrap();
    let filter = EventFilter {
        network: Some(network.parse().unwrap()),
        range,
        ..EventFilter::default()
    };
    let mut lists = Vec::new();
    for oldest_first in [false, true] {
        let query = EventQuery {
            filter: filter.clone(),
            oldest_first,
            limit: PageSize::new(500).unwrap(),
            ..EventQuery::default()
        };
        let page = storage.history().events(&query).await.unwrap();
        lists.push(
            page.items
                .iter()
                .map(|event| event.what.at.as_millis())
                .collect::<Vec<_>>(),
        );
    }
    let history = storage.history();
    let count = history.count_events(&filter, 1_000);
    let count = count.await.unwrap();
    storage.close().await;
    let oldest = lists.pop().unwrap();
    (lists.pop().unwrap(), oldest, count.count)
}

/// A ban in every ninth stretch from one to another, the neighbour's in every fourth.
fn some(stretches: std::ops::Range<i64>) -> Vec<HeardEvent> {
    stretches
        .flat_map(|stretch| {
            let at = stretch * STRETCH + 5_000;
            let own = (stretch % 9 == 0).then(|| event(at, EventKind::Ban, "sshd", ADDRESS));
            let other = (stretch % 4 == 0).then(|| event(at, EventKind::Ban, "sshd", "192.0.2.8"));
            own.into_iter().chain(other)
        })
        .collect()
}

fn moments(events: &[HeardEvent]) -> Vec<i64> {
    let own = BanSubject::from_daemon(ADDRESS);
    let own = events.iter().filter(|event| event.subject == own);
    let mut moments: Vec<i64> = own.map(|event| event.at.as_millis()).collect();
    moments.sort_unstable();
    moments
}

#[tokio::test]
async fn address_is_listed_whole_also_where_its_stretches_are_not_known() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("db");
    let before = some(0..90);
    keep(&path, 1, before.clone()).await;
    // As a database that stored these before there were such lists comes out of the migration.
    let raw = Connection::open(&path).unwrap();
    raw.execute_batch(
        "UPDATE subjects SET stretches = x'';
         UPDATE history SET stretches_from = (SELECT max(at) / 172800000 + 1 FROM events);",
    )
    .unwrap();
    drop(raw);
    // Newer ones, and one between the old ones that came late.
    let mut after = some(90..200);
    after.push(event(31 * STRETCH, EventKind::Unban, "sshd", ADDRESS));
    after.push(event(199 * STRETCH, EventKind::Unban, "sshd", ADDRESS));
    keep(&path, 2, after.clone()).await;

    let expected = moments(&[before, after].concat());
    let (newest, oldest, count) = found(&path, ALONE, None).await;
    assert_eq!(oldest, expected);
    assert_eq!(newest, expected.iter().rev().copied().collect::<Vec<_>>());
    assert_eq!(count, u64::try_from(expected.len()).unwrap());
}

#[tokio::test]
async fn stretches_of_a_subject_are_told_as_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("db");
    keep(&path, 1, some(-40..40)).await;
    // The same once more changes nothing.
    let mut again = some(-40..40);
    again.push(event(100 * STRETCH, EventKind::Unban, "sshd", ADDRESS));
    keep(&path, 2, again.clone()).await;
    let raw = Connection::open(&path).unwrap();
    let subject = super::Columns::of_network(&IpNet::new(ADDRESS.parse().unwrap(), 32).unwrap());
    let told = super::subjects::stretches(&raw, &subject).unwrap();
    let mut expected: Vec<i64> = moments(&again).iter().map(|at| at / STRETCH).collect();
    expected.dedup();
    assert_eq!(told, expected);
    drop(raw);
    assert_eq!(found(&path, ALONE, None).await.1, moments(&again));
}

#[tokio::test]
async fn network_is_counted_as_it_is_listed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("db");
    keep(&path, 1, some(-20..60)).await;
    let raw = Connection::open(&path).unwrap();
    raw.execute_batch(
        "UPDATE subjects SET stretches = x''; UPDATE history SET stretches_from = 60",
    )
    .unwrap();
    drop(raw);
    let mut late = some(60..150);
    late.push(event(30 * STRETCH + 1, EventKind::Unban, "sshd", ADDRESS));
    keep(&path, 2, late).await;
    // Old ones are forgotten, and one of that time comes later still.
    let storage = Sqlite::open(OpenOptions::new(&path)).unwrap();
    let writes = storage.history_writes();
    let until = Timestamp::from_millis(80 * STRETCH + 70_000);
    while writes.forget(until, until, 7).await.unwrap() > 0 {}
    storage.close().await;
    keep(
        &path,
        3,
        vec![event(70 * STRETCH, EventKind::Unban, "sshd", ADDRESS)],
    )
    .await;

    let whole = found(&path, NETWORK, None).await;
    assert_eq!(whole.0.len(), 8 + 17 + 1);
    for from in [
        i64::MIN,
        -1,
        0,
        70 * STRETCH,
        84 * STRETCH,
        84 * STRETCH + 5_001,
    ] {
        for until in [
            i64::MAX,
            85 * STRETCH,
            120 * STRETCH + 5_000,
            120 * STRETCH + 5_001,
        ] {
            let range = TimeRange {
                from: Timestamp::from_millis(from),
                until: Timestamp::from_millis(until),
            };
            let (newest, _, count) = found(&path, NETWORK, Some(range)).await;
            let expected = whole.0.iter().filter(|at| (from..until).contains(*at));
            let expected: Vec<i64> = expected.copied().collect();
            assert_eq!(newest, expected, "{range:?}");
            assert_eq!(count, u64::try_from(expected.len()).unwrap(), "{range:?}");
        }
    }
}
