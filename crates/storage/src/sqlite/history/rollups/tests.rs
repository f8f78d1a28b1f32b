use std::{collections::BTreeMap, path::Path, time::Duration};

use domain::{
    Asn, BanFilter, CountryCode, Dimension, DimensionValue, EventKind, HearCursor, HeardBatch,
    HeardEvent, HistoryReads, HostId, JailName, Origin, Place, Storage as _, TimeRange, Timestamp,
};
use proptest::prelude::*;
use rusqlite::Connection;

use super::{super::testing::event, of_quarter_number, quarter_number};
use crate::{OpenOptions, Sqlite};

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;
/// 2026-01-01.
const BEGIN: i64 = 1_767_225_600_000;
const EACH: usize = 400;

proptest! {
    #[test]
    fn number_of_a_quarter_tells_jail_country_and_network(jail in 0_i64..1 << 40, country in 0_i64..1 << 16, asn in 0_i64..1 << 32) {
        let (page, number) = quarter_number(jail, country, asn);
        prop_assert_eq!(of_quarter_number(page, number), (jail, (country, asn)));
    }
}

/// A ban every seven minutes; jail, country, network and address follow from its number.
fn ban(number: usize) -> (HeardEvent, Place) {
    let at = BEGIN + i64::try_from(number).unwrap() * 7 * MINUTE;
    let address = format!("192.0.2.{}", number % 50);
    let event = HeardEvent {
        origin: [Origin::Detected, Origin::Manual][usize::from(number.is_multiple_of(9))],
        ..event(at, EventKind::Ban, jail(number % 3).as_str(), &address)
    };
    let place = Place {
        country: Some(country(number % 4)),
        asn: Some(asn(number % 5)),
    };
    (event, place)
}

fn jail(number: usize) -> JailName {
    ["sshd", "postfix", "recidive"][number].parse().unwrap()
}

fn country(number: usize) -> CountryCode {
    CountryCode::new(["CN", "US", "DE", "BR"][number]).unwrap()
}

fn asn(number: usize) -> Asn {
    Asn([4_134, 14_061, 3_320, 7, 4_200_000_000][number])
}

/// Stores the bans of these numbers and works them into the tables.
async fn keep(path: &Path, numbers: std::ops::Range<usize>) {
    let end = i64::try_from(numbers.end).unwrap();
    let storage = Sqlite::open(OpenOptions {
        recent: numbers.len(),
        ..OpenOptions::new(path)
    })
    .unwrap();
    let local = HostId::local();
    let before = storage.history().hear_cursor(&local).await.unwrap();
    let (events, places): (Vec<_>, Vec<_>) = numbers.map(ban).unzip();
    let batch = HeardBatch {
        events,
        failures: Vec::new(),
        cursor: HearCursor(format!("{before:?}")),
        more: false,
    };
    let stored = storage
        .history_writes()
        .store_heard(&local, before.as_ref(), &batch, &places)
        .await;
    assert!(stored.unwrap().is_some());
    let raw = Connection::open(path).unwrap();
    let in_tables = || {
        raw.query_row("SELECT count(*) FROM events", [], |row| {
            row.get::<_, i64>(0)
        })
        .unwrap()
    };
    while in_tables() < end {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    storage.close().await;
}

/// What is asked: beside the range the jail, the country and the network, each of them or any.
type Asked = (i64, i64, [Option<usize>; 3]);

fn filter([of_jail, of_country, of_asn]: [Option<usize>; 3]) -> BanFilter {
    BanFilter {
        jails: of_jail.map(jail).into_iter().collect(),
        countries: of_country.map(country).into_iter().collect(),
        asns: of_asn.map(asn).into_iter().collect(),
        ..BanFilter::default()
    }
}

/// The numbers of the bans that are meant, one by one.
fn meant(count: usize, (from, until, [jail, country, asn]): Asked) -> impl Iterator<Item = usize> {
    (0..count).filter(move |number| {
        let at = i64::try_from(*number).unwrap() * 7 * MINUTE;
        let is = |wanted: Option<usize>, of| wanted.is_none_or(|wanted| number % of == wanted);
        (from..until).contains(&at) && is(jail, 3) && is(country, 4) && is(asn, 5)
    })
}

async fn counts(history: &dyn HistoryReads, asked: Asked, by: Dimension) -> BTreeMap<String, u64> {
    let (from, until, chosen) = asked;
    let range = TimeRange {
        from: Timestamp::from_millis(BEGIN + from),
        until: Timestamp::from_millis(BEGIN + until),
    };
    let top = history.top(&filter(chosen), range, by, 100).await.unwrap();
    let name = |value| match value {
        DimensionValue::Jail(jail) => jail.to_string(),
        DimensionValue::Country(country) => country.unwrap().to_string(),
        DimensionValue::Network(asn) => asn.unwrap().0.to_string(),
        other => panic!("{other:?}"),
    };
    let items = top.items.into_iter();
    items.map(|item| (name(item.value), item.bans)).collect()
}

type Name = fn(usize) -> String;

/// Compares every answer with that of counting one by one.
async fn check(path: &Path, count: usize) {
    let storage = Sqlite::open(OpenOptions::new(path)).unwrap();
    let history = storage.history();
    let end = i64::try_from(count).unwrap() * 7 * MINUTE;
    let ranges = [
        (0, end),
        (MINUTE, end - MINUTE),
        (end - DAY - 3 * MINUTE, end - 4 * MINUTE),
        (DAY + 100 * MINUTE, DAY + 140 * MINUTE),
        (DAY / 2 + MINUTE, DAY / 2 + 9 * MINUTE),
        (-400 * DAY, 400 * DAY),
    ];
    let choices = [
        [None, None, None],
        [Some(1), None, None],
        [None, Some(2), None],
        [None, None, Some(4)],
        [Some(0), Some(3), None],
        [None, Some(1), Some(2)],
    ];
    for (from, until) in ranges {
        for chosen in choices {
            let asked = (from, until, chosen);
            let by: [(Dimension, Name); 3] = [
                (Dimension::Jail, |number| jail(number % 3).to_string()),
                (Dimension::Country, |number| country(number % 4).to_string()),
                (Dimension::Network, |number| asn(number % 5).0.to_string()),
            ];
            for (by, name) in by {
                let mut expected = BTreeMap::new();
                for number in meant(count, asked) {
                    *expected.entry(name(number)).or_insert(0) += 1;
                }
                let found = counts(&*history, asked, by).await;
                assert_eq!(found, expected, "{asked:?} by {by:?}");
            }
            let edges = [from, i64::midpoint(from, until), until];
            let moments = edges.map(|edge| Timestamp::from_millis(BEGIN + edge));
            let series = history.bans_between(&filter(chosen), &moments).await;
            let halves = edges.windows(2).map(|half| {
                let of_half = meant(count, (half[0], half[1], chosen));
                u64::try_from(of_half.count()).unwrap()
            });
            assert_eq!(series.unwrap(), halves.collect::<Vec<_>>(), "{asked:?}");
        }
    }
    storage.close().await;
}

#[tokio::test]
async fn bans_of_any_range_and_choice_are_those_counted_one_by_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("db");
    keep(&path, 0..2 * EACH).await;
    check(&path, 2 * EACH).await;
}

/// Makes a database what the migration makes of one of version 7, after something else was done to it.
fn take_back(path: &Path, before: &str) {
    let raw = Connection::open(path).unwrap();
    raw.execute_batch(before).unwrap();
    let counted_later = "DELETE FROM rollups WHERE part > 5 OR (part = 5 AND (k1 = 0 OR k3 > 2))";
    assert!(raw.execute(counted_later, []).unwrap() > 0);
    let migration = include_str!("../../../../migrations/0008_quarters.sql");
    let from = migration.lines().find(|line| line.starts_with("UPDATE"));
    raw.execute_batch(from.unwrap()).unwrap();
}

#[tokio::test]
async fn database_of_such_a_version_without_events_keeps_what_was_counted_of_them() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("db");
    keep(&path, 0..EACH).await;
    take_back(&path, "DELETE FROM events");
    let storage = Sqlite::open(OpenOptions::new(&path)).unwrap();
    let whole_spans = (0, 45 * 60 * MINUTE);
    for chosen in [
        [None, None, None],
        [None, Some(2), None],
        [None, None, Some(4)],
    ] {
        let asked = (whole_spans.0, whole_spans.1, chosen);
        let counted = counts(&*storage.history(), asked, Dimension::Country).await;
        let expected = u64::try_from(meant(EACH, asked).count()).unwrap();
        assert_eq!(counted.values().sum::<u64>(), expected, "{asked:?}");
        let edges = [whole_spans.0, whole_spans.1].map(|edge| Timestamp::from_millis(BEGIN + edge));
        let series = storage
            .history()
            .bans_between(&filter(chosen), &edges)
            .await;
        assert_eq!(series.unwrap(), [expected], "{asked:?}");
    }
    storage.close().await;
}

#[tokio::test]
async fn database_of_a_version_that_counted_less_answers_the_same_and_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("db");
    keep(&path, 0..EACH).await;
    // As version 7 left it.
    take_back(&path, "");
    check(&path, EACH).await;
    keep(&path, EACH..2 * EACH).await;
    check(&path, 2 * EACH).await;
}
