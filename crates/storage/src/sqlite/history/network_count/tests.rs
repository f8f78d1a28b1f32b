use domain::{
    Count, EventFilter, EventKind, HeardEvent, Origin, Storage as _, TimeRange, Timestamp,
};

use super::{
    super::testing::{event, keep},
    MOST_SEEN,
};
use crate::{OpenOptions, Sqlite};

const BANS: u64 = MOST_SEEN + 200;

/// More bans than are looked at, by turns in two jails; one of the addresses was unbanned before all of them.
async fn kept() -> (tempfile::TempDir, Sqlite) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("db");
    let events = (0..=i64::try_from(BANS).unwrap()).map(|number| {
        let kind = if number == 0 {
            EventKind::Unban
        } else {
            EventKind::Ban
        };
        let jail = ["sshd", "postfix"][usize::from(number % 2 == 1)];
        // The address that was unbanned is looked at last.
        let address = format!("192.0.2.{}", 250 - number % 40);
        event(number * 60_000, kind, jail, &address)
    });
    keep(&path, 1, events.collect()).await;
    let storage = Sqlite::open(OpenOptions::new(path)).unwrap();
    (folder, storage)
}

async fn count(storage: &Sqlite, filter: EventFilter, limit: u64) -> Count {
    let filter = EventFilter {
        network: Some("192.0.2.0/24".parse().unwrap()),
        ..filter
    };
    let history = storage.history();
    history.count_events(&filter, limit).await.unwrap()
}

#[tokio::test]
async fn count_of_what_a_large_network_hardly_has_stops_and_says_so() {
    let (_folder, storage) = kept().await;
    let unbans = EventFilter {
        kinds: vec![EventKind::Unban],
        ..EventFilter::default()
    };
    let stopped = count(&storage, unbans, 10_000).await;
    assert_eq!((stopped.count, stopped.more), (0, true));
    let page = stopped.at_least(1);
    assert_eq!((page.count, page.more), (1, true));
    storage.close().await;
}

#[tokio::test]
async fn count_of_a_jail_in_a_large_network_is_what_its_subjects_tell() {
    let (_folder, storage) = kept().await;
    let postfix = EventFilter {
        jails: vec!["postfix".parse().unwrap()],
        ..EventFilter::default()
    };
    let whole = count(&storage, postfix.clone(), 20_000).await;
    let expected = BANS / 2;
    assert_eq!((whole.count, whole.more), (expected, false));
    assert_eq!(whole.at_least(1).count, expected);
    let limited = count(&storage, postfix, 100).await;
    assert_eq!((limited.count, limited.more), (100, true));
    storage.close().await;
}

#[tokio::test]
async fn count_of_what_was_not_detected_in_a_network_is_that_of_the_chosen_origins() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("db");
    let minute = 60_000;
    // Over eight days, one in five by hand and two of a list; every eighth outside the network.
    let events = (0..1_200_i64).map(|number| {
        let network = if number % 8 == 0 { 3 } else { 2 };
        let address = format!("192.0.{network}.{}", number % 250);
        HeardEvent {
            origin: [
                Origin::Detected,
                Origin::Manual,
                Origin::Detected,
                Origin::Blocklist,
                Origin::Blocklist,
            ][usize::try_from(number % 5).unwrap()],
            ..event(number * 10 * minute, EventKind::Ban, "sshd", &address)
        }
    });
    let events: Vec<HeardEvent> = events.collect();
    keep(&path, 1, events.clone()).await;
    let storage = Sqlite::open(OpenOptions::new(path)).unwrap();
    let part = TimeRange {
        from: Timestamp::from_millis(95 * minute),
        until: Timestamp::from_millis(9_000 * minute),
    };
    for (origins, range) in [
        (vec![Origin::Manual], None),
        (vec![Origin::Blocklist], Some(part)),
        (vec![Origin::Manual, Origin::Blocklist], Some(part)),
        (vec![Origin::Detected, Origin::Manual], None),
    ] {
        let fits = |event: &&HeardEvent| {
            origins.contains(&event.origin)
                && event.subject.to_string().starts_with("192.0.2.")
                && range.is_none_or(|range| (range.from..range.until).contains(&event.at))
        };
        let expected = events.iter().filter(fits).count() as u64;
        let filter = EventFilter {
            origins: origins.clone(),
            range,
            ..EventFilter::default()
        };
        let counted = count(&storage, filter.clone(), 10_000).await;
        assert_eq!(
            (counted.count, counted.more),
            (expected, false),
            "{origins:?}"
        );
        let limited = count(&storage, filter, 20).await;
        assert_eq!((limited.count, limited.more), (20, true), "{origins:?}");
    }
    storage.close().await;
}

#[tokio::test]
async fn count_of_an_origin_that_a_list_hides_stops_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("db");
    let events = (0..i64::try_from(BANS).unwrap()).map(|number| HeardEvent {
        origin: if number == 0 {
            Origin::Manual
        } else {
            Origin::Blocklist
        },
        ..event(
            number,
            EventKind::Ban,
            "sshd",
            &format!("192.0.2.{}", 250 - number % 40),
        )
    });
    keep(&path, 1, events.collect()).await;
    let storage = Sqlite::open(OpenOptions::new(path)).unwrap();
    let manual = EventFilter {
        origins: vec![Origin::Manual],
        ..EventFilter::default()
    };
    let counted = count(&storage, manual, 10_000).await;
    assert!(counted.more && counted.count <= 1, "{counted:?}");
    storage.close().await;
}

const STRETCH: i64 = 172_800_000;

/// Events of two addresses at these moments, all in the tables.
async fn with(moments: impl Iterator<Item = i64>) -> (tempfile::TempDir, Sqlite) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("db");
    let event = |(number, at): (usize, i64)| {
        let address = format!("192.0.2.{}", number % 2);
        event(at, EventKind::Ban, "sshd", &address)
    };
    keep(&path, 1, moments.enumerate().map(event).collect()).await;
    let storage = Sqlite::open(OpenOptions::new(path)).unwrap();
    (folder, storage)
}

#[tokio::test]
async fn count_of_a_network_that_is_busy_is_all_of_it_and_stops_at_its_limit() {
    // Busy of late: three stretches with a hundred, sixty more with five, and what the subjects tell of the others.
    let stretches = 1_000..1_080_i64;
    let moments = stretches.flat_map(|stretch| {
        let events = if stretch < 1_077 { 5 } else { 100 };
        (0..events).map(move |number| stretch * STRETCH + number)
    });
    let (_folder, storage) = with(moments).await;
    let all = || EventFilter::default();
    for (limit, expected) in [
        (1, (1, true)),
        (300, (300, true)),
        (301, (301, true)),
        (600, (600, true)),
        (601, (601, true)),
        (685, (685, true)),
        (686, (685, false)),
        (5_000, (685, false)),
        (10_000, (685, false)),
    ] {
        let count = count(&storage, all(), limit).await;
        assert_eq!((count.count, count.more), expected, "{limit}");
    }
    storage.close().await;
}

#[tokio::test]
async fn count_of_a_network_with_events_before_1970_has_each_once() {
    let moments = [-3, -1, 1, 3, 5].map(|half| half * STRETCH / 2);
    let (_folder, storage) = with(moments.into_iter()).await;
    for limit in [10, 1_000] {
        let count = count(&storage, EventFilter::default(), limit).await;
        assert_eq!((count.count, count.more), (5, false));
    }
    storage.close().await;
}
