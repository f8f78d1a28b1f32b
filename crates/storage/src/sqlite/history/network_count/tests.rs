use domain::{Count, EventFilter, EventKind, Storage as _};

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
