use domain::{
    BanSubject, Count, EventFilter, EventKind, HearCursor, HeardBatch, HeardEvent, HostId, Origin,
    Storage as _, Timestamp,
};

use super::MOST_SEEN;
use crate::{OpenOptions, Sqlite};

const BANS: u64 = MOST_SEEN + 200;

/// More bans than are looked at, by turns in two jails; one of the addresses was unbanned before all of them.
async fn kept() -> (tempfile::TempDir, Sqlite) {
    let folder = tempfile::tempdir().unwrap();
    let storage = Sqlite::open(OpenOptions {
        recent: 1,
        ..OpenOptions::new(folder.path().join("db"))
    })
    .unwrap();
    let bans = i64::try_from(BANS).unwrap();
    let events = (0..=bans).map(|number| HeardEvent {
        at: Timestamp::from_millis(number * 60_000),
        kind: if number == 0 {
            EventKind::Unban
        } else {
            EventKind::Ban
        },
        jail: ["sshd", "postfix"][usize::from(number % 2 == 1)]
            .parse()
            .unwrap(),
        // The address that was unbanned is looked at last.
        subject: BanSubject::from_daemon(&format!("192.0.2.{}", 250 - number % 40)),
        origin: Origin::Detected,
        actor: None,
        cause: None,
        bantime_seconds: None,
        failures: None,
        ban_count: None,
        lines: Vec::new(),
    });
    let batch = HeardBatch {
        events: events.collect(),
        failures: Vec::new(),
        cursor: HearCursor("1".to_owned()),
        more: false,
    };
    let writes = storage.history_writes();
    let host = HostId::local();
    let stored = writes.store_heard(&host, None, &batch, &[]);
    stored.await.unwrap().unwrap();
    // Works what is recent into the tables.
    let (ever, never) = (i64::MAX, i64::MIN);
    let forgotten = writes.forget(
        Timestamp::from_millis(ever),
        Timestamp::from_millis(never),
        0,
    );
    assert_eq!(forgotten.await.unwrap(), 0);
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
