//! Events for tests, and a way to have them in the tables.
use std::path::Path;

use domain::{
    BanSubject, EventKind, HearCursor, HeardBatch, HeardEvent, HeardFailures, HostId, Origin,
    Place, Storage as _, Timestamp,
};

use crate::{OpenOptions, Sqlite};

/// One of which nothing else is known.
pub(super) fn event(at: i64, kind: EventKind, jail: &str, subject: &str) -> HeardEvent {
    HeardEvent {
        at: Timestamp::from_millis(at),
        kind,
        jail: jail.parse().unwrap(),
        subject: BanSubject::from_daemon(subject),
        origin: Origin::Detected,
        actor: None,
        cause: None,
        bantime_seconds: None,
        failures: None,
        ban_count: None,
        lines: Vec::new(),
    }
}

/// With so many events that are kept beside the tables.
pub(super) fn open(path: &Path, recent: usize) -> Sqlite {
    Sqlite::open(OpenOptions {
        recent,
        ..OpenOptions::new(path)
    })
    .unwrap()
}

/// Stores a batch; how many of its events are new.
pub(super) async fn store(
    storage: &Sqlite,
    events: Vec<HeardEvent>,
    failures: Vec<HeardFailures>,
) -> u64 {
    store_in(storage, Place::default(), events, failures).await
}

/// The same where all of it happened in one place.
pub(super) async fn store_in(
    storage: &Sqlite,
    place: Place,
    events: Vec<HeardEvent>,
    failures: Vec<HeardFailures>,
) -> u64 {
    let local = HostId::local();
    let before = storage.history().hear_cursor(&local).await.unwrap();
    let batch = HeardBatch {
        failures,
        cursor: HearCursor(format!("{before:?}")),
        more: false,
        events,
    };
    let places = vec![place; batch.events.len()];
    let stored = storage
        .history_writes()
        .store_heard(&local, before.as_ref(), &batch, &places)
        .await
        .unwrap();
    stored.unwrap().new
}

/// Keeps the batch of a number, the first being 1, and leaves nothing recent.
pub(super) async fn keep(path: &Path, number: u32, events: Vec<HeardEvent>) {
    let storage = open(path, 1);
    let expected = (number > 1).then(|| HearCursor((number - 1).to_string()));
    let batch = HeardBatch {
        events,
        failures: Vec::new(),
        cursor: HearCursor(number.to_string()),
        more: false,
    };
    let writes = storage.history_writes();
    writes
        .store_heard(&HostId::local(), expected.as_ref(), &batch, &[])
        .await
        .unwrap()
        .unwrap();
    work_in(&storage).await;
    storage.close().await;
}

/// Leaves nothing recent: retention works that into the tables first, and none of it goes.
pub(super) async fn work_in(storage: &Sqlite) {
    let (ever, never) = (i64::MAX, i64::MIN);
    let forgotten = storage
        .history_writes()
        .forget(
            Timestamp::from_millis(ever),
            Timestamp::from_millis(never),
            0,
        )
        .await;
    assert_eq!(forgotten.unwrap(), 0);
}
