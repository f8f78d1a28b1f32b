use domain::{
    Asn, BanFilter, CountryCode, Dimension, DimensionValue, EventKind, Place, Storage as _,
    TimeRange, Timestamp,
};

use super::super::testing::{event, open, store, store_in, work_in};
use crate::Sqlite;

const DAY: i64 = 24 * 3_600_000;

/// Who or what was banned most over some days, with its bans.
async fn first(storage: &Sqlite, by: Dimension) -> (DimensionValue, u64) {
    let range = TimeRange {
        from: Timestamp::from_millis(0),
        until: Timestamp::from_millis(10 * DAY),
    };
    let history = storage.history();
    let top = history.top(&BanFilter::default(), range, by, 1).await;
    let first = top.unwrap().items.remove(0);
    (first.value, first.bans)
}

#[tokio::test]
async fn what_was_read_of_tables_is_read_anew_when_more_was_worked_in() {
    let folder = tempfile::tempdir().unwrap();
    let storage = open(&folder.path().join("db"), 100_000);
    let ban = |at: i64| event(at, EventKind::Ban, "sshd", "192.0.2.1");
    store(&storage, vec![ban(DAY), ban(2 * DAY)], Vec::new()).await;
    work_in(&storage).await;
    for by in [Dimension::Subject, Dimension::Jail] {
        assert_eq!(first(&storage, by).await.1, 2);
    }
    store(&storage, vec![ban(3 * DAY)], Vec::new()).await;
    for by in [Dimension::Subject, Dimension::Jail] {
        assert_eq!(first(&storage, by).await.1, 3);
    }
    work_in(&storage).await;
    for by in [Dimension::Subject, Dimension::Jail] {
        assert_eq!(first(&storage, by).await.1, 3);
    }
    storage.close().await;
}

#[tokio::test]
async fn what_was_read_of_tables_is_read_anew_when_an_event_in_them_became_richer() {
    let folder = tempfile::tempdir().unwrap();
    let storage = open(&folder.path().join("db"), 100_000);
    let bans = || vec![event(DAY, EventKind::Ban, "sshd", "192.0.2.1")];
    store(&storage, bans(), Vec::new()).await;
    work_in(&storage).await;
    let nowhere = (DimensionValue::Country(None), 1);
    assert_eq!(first(&storage, Dimension::Country).await, nowhere);
    let (DimensionValue::Subject(_, place), 1) = first(&storage, Dimension::Subject).await else {
        panic!("nobody was banned");
    };
    assert_eq!(place, Place::default());
    let german = Place {
        country: CountryCode::new("DE").ok(),
        asn: None,
    };
    store_in(&storage, german, bans(), Vec::new()).await;
    let there = (DimensionValue::Country(german.country), 1);
    assert_eq!(first(&storage, Dimension::Country).await, there);
    let (DimensionValue::Subject(_, place), 1) = first(&storage, Dimension::Subject).await else {
        panic!("nobody was banned");
    };
    assert_eq!(place, german);
    storage.close().await;
}

#[tokio::test]
async fn most_banned_is_told_with_its_network_where_its_country_is_not_known() {
    let folder = tempfile::tempdir().unwrap();
    let storage = open(&folder.path().join("db"), 100_000);
    let bans = vec![event(DAY, EventKind::Ban, "sshd", "192.0.2.1")];
    let network = Place {
        country: None,
        asn: Some(Asn(64_496)),
    };
    store_in(&storage, network, bans, Vec::new()).await;
    for _ in 0..2 {
        let (DimensionValue::Subject(_, place), 1) = first(&storage, Dimension::Subject).await
        else {
            panic!("nobody was banned");
        };
        assert_eq!(place, network);
        work_in(&storage).await;
    }
    storage.close().await;
}
