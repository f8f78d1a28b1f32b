//! Events for tests, and a way to have them in the tables.
use std::path::Path;

use domain::{
    BanSubject, EventKind, HearCursor, HeardBatch, HeardEvent, HostId, Origin, Storage as _,
    Timestamp,
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

/// Keeps the batch of a number, the first being 1, and leaves nothing recent.
pub(super) async fn keep(path: &Path, number: u32, events: Vec<HeardEvent>) {
    let storage = Sqlite::open(OpenOptions {
        recent: 1,
        ..OpenOptions::new(path)
    })
    .unwrap();
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
    // Retention works what is recent into the tables first; none of it goes.
    let (ever, never) = (i64::MAX, i64::MIN);
    let forgotten = writes
        .forget(
            Timestamp::from_millis(ever),
            Timestamp::from_millis(never),
            0,
        )
        .await;
    assert_eq!(forgotten.unwrap(), 0);
    storage.close().await;
}
