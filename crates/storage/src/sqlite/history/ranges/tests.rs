use domain::{Asn, CountryCode, EventFilter, EventQuery, JailName, Storage as _};
use rusqlite::Connection;

use crate::{
    OpenOptions, Sqlite,
    sqlite::{
        history::time::STRETCH_OF_PLACES,
        migrations::{MIGRATIONS, migrate},
    },
};

/// Country, network and jail of an event; the next is half a stretch later.
const EVENTS: [(&str, u32, i64); 6] = [
    ("DE", 1, 1),
    ("DE", 2, 2),
    ("CN", 1, 1),
    ("DE", 1, 2),
    ("CN", 3, 1),
    ("DE", 1, 1),
];

/// The database as version 4 left it, with these events.
fn of_version_4() -> (tempfile::TempDir, Sqlite) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("db");
    let mut raw = Connection::open(&path).unwrap();
    migrate(&mut raw, &path, MIGRATIONS.get(..4).unwrap()).unwrap();
    raw.execute_batch(
        "INSERT INTO hosts (id, name) VALUES (1, 'local');
         INSERT INTO jails (id, host_id, name) VALUES (1, 1, 'sshd'), (2, 1, 'postfix');
         UPDATE history SET events = 6, last_event = 6;",
    )
    .unwrap();
    for (number, (country, asn, jail)) in (0..).zip(EVENTS) {
        let at = number * STRETCH_OF_PLACES / 2;
        let country = super::super::codes::country(CountryCode::new(country).ok());
        raw.execute(
            "INSERT INTO events (id, at, jail, kind, origin, address, prefix, text, country, asn, lines) VALUES (?1, ?2, ?3, 0, 0, x'c0000207', 32, 0, ?4, ?5, 0)",
            (number + 1, at, jail, country, asn),
        )
        .unwrap();
    }
    drop(raw);
    let storage = Sqlite::open(OpenOptions::new(&path)).unwrap();
    (folder, storage)
}

async fn listed(storage: &Sqlite, filter: EventFilter, oldest_first: bool) -> Vec<i64> {
    let query = EventQuery {
        filter,
        oldest_first,
        ..EventQuery::default()
    };
    let page = storage.history().events(&query).await.unwrap();
    page.items.iter().map(|event| event.id.0).collect()
}

#[tokio::test]
async fn what_version_4_stored_is_listed_by_country_network_and_jail() {
    let (_folder, storage) = of_version_4();
    let german = EventFilter {
        countries: vec![CountryCode::new("DE").unwrap()],
        ..EventFilter::default()
    };
    let network = EventFilter {
        asns: vec![Asn(1)],
        ..EventFilter::default()
    };
    let jail = EventFilter {
        jails: vec!["sshd".parse::<JailName>().unwrap()],
        ..EventFilter::default()
    };
    let both = EventFilter {
        jails: vec!["sshd".parse::<JailName>().unwrap()],
        asns: vec![Asn(1), Asn(2)],
        ..german.clone()
    };
    for (filter, expected) in [
        (german, vec![1, 2, 4, 6]),
        (network, vec![1, 3, 4, 6]),
        (jail, vec![1, 3, 5, 6]),
        (both, vec![1, 6]),
    ] {
        assert_eq!(listed(&storage, filter.clone(), true).await, expected);
        let newest: Vec<i64> = expected.iter().rev().copied().collect();
        assert_eq!(listed(&storage, filter.clone(), false).await, newest);
        let count = storage.history().count_events(&filter, 100).await.unwrap();
        assert_eq!(count.count, u64::try_from(expected.len()).unwrap());
    }
    storage.close().await;
}
