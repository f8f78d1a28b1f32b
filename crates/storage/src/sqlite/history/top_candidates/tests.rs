use std::collections::HashMap;

use domain::{
    BanFilter, CountryCode, Dimension, DimensionValue, EventKind, HeardEvent, Place, Storage as _,
    TimeRange, Timestamp, Top,
};

use super::{
    super::testing::{event, open, store, store_in, work_in},
    FEW, SPARE,
};
use crate::Sqlite;

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;

/// Bans over some days in the order of time: few addresses have many of them.
fn bans(random: &mut fastrand::Rng, (first, last): (i64, i64), count: usize) -> Vec<HeardEvent> {
    let mut moments: Vec<i64> = (0..count).map(|_| random.i64(first..last)).collect();
    moments.sort_unstable();
    let ban = |at: i64| {
        let number = random.u32(1..60).pow(3) / (1 + random.u32(0..200));
        let address = std::net::Ipv4Addr::from(0x0b00_0000 + number);
        let jail = ["sshd", "postfix"][random.usize(0..2)];
        event(at, EventKind::Ban, jail, &address.to_string())
    };
    moments.into_iter().map(ban).collect()
}

async fn top(storage: &Sqlite, filter: &BanFilter, range: (i64, i64), limit: usize) -> Top {
    let (from, until) = range;
    let range = TimeRange {
        from: Timestamp::from_millis(from),
        until: Timestamp::from_millis(until),
    };
    let history = storage.history();
    let top = history.top(filter, range, Dimension::Subject, limit).await;
    top.unwrap()
}

/// The bans of each address, counted one by one.
fn counted(
    all: &[HeardEvent],
    filter: &BanFilter,
    (from, until): (i64, i64),
) -> HashMap<String, u64> {
    let mut sums = HashMap::new();
    for ban in all {
        let in_range = (from..until).contains(&ban.at.as_millis());
        if in_range && (filter.jails.is_empty() || filter.jails.contains(&ban.jail)) {
            *sums.entry(ban.subject.to_string()).or_default() += 1;
        }
    }
    sums
}

fn check(top: &Top, [before, sums]: [&HashMap<String, u64>; 2], what: &str) {
    let mut expected: Vec<u64> = sums.values().copied().collect();
    expected.sort_unstable_by(|one, other| other.cmp(one));
    expected.truncate(top.items.len());
    let found: Vec<u64> = top.items.iter().map(|item| item.bans).collect();
    assert_eq!(top.total, sums.values().sum::<u64>(), "{what}");
    assert!(
        !top.exact || found == expected,
        "{what}: {found:?}, not {expected:?}"
    );
    for item in &top.items {
        let DimensionValue::Subject(subject, _) = &item.value else {
            panic!("{item:?}");
        };
        let of_subject = |sums: &HashMap<String, u64>| {
            let bans = sums.get(&subject.to_string());
            bans.copied().unwrap_or_default()
        };
        assert_eq!(
            [item.previous, item.bans],
            [before, sums].map(of_subject),
            "{what}: {subject}"
        );
    }
}

#[tokio::test]
async fn most_banned_among_very_many_are_what_counting_gives_where_they_are_called_exact() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("db");
    let mut random = fastrand::Rng::with_seed(7);
    let many = usize::try_from(FEW).unwrap() * 2;
    let mut all = bans(&mut random, (0, 10 * DAY), many);
    let storage = open(&path, 1_000);
    store(&storage, all.clone(), Vec::new()).await;
    storage.close().await;
    let storage = open(&path, 100_000);
    let recent = bans(&mut random, (9 * DAY, 11 * DAY), 2_000);
    store(&storage, recent.clone(), Vec::new()).await;
    all.extend(recent);
    let mut exact = 0;
    for round in 0..40 {
        let range = (random.i64(-1..4 * DAY), random.i64(8 * DAY..12 * DAY));
        let before = (2 * range.0 - range.1, range.0);
        let limit = [1, 3, 10, 30][random.usize(0..4)];
        let mut filter = BanFilter::default();
        if round % 4 == 0 {
            filter.jails = vec!["sshd".parse().unwrap()];
        }
        let top = top(&storage, &filter, range, limit).await;
        let sums = [before, range].map(|range| counted(&all, &filter, range));
        check(
            &top,
            sums.each_ref(),
            &format!("{round}: {range:?} {limit}"),
        );
        exact += u32::from(top.exact && filter.jails.is_empty());
    }
    assert!(exact > 20, "only {exact} were called exact");
    storage.close().await;
}

#[tokio::test]
async fn most_banned_after_more_was_worked_into_the_tables_have_it() {
    let folder = tempfile::tempdir().unwrap();
    let storage = open(&folder.path().join("db"), 100_000);
    let of = |number: u32, at: i64| {
        let address = std::net::Ipv4Addr::from(0x0b00_0000 + number);
        event(at, EventKind::Ban, "sshd", &address.to_string())
    };
    // In the range nobody twice; after it some so often that they alone are the most banned of all.
    let single = (0..u32::try_from(FEW).unwrap() + 1_000).map(|number| of(number, 1));
    let often = 0..20 * 2 * u32::try_from(SPARE).unwrap();
    let often = often.map(|number| of(100_000 + number / 20, 20 * DAY + i64::from(number)));
    store(&storage, single.chain(often).collect(), Vec::new()).await;
    work_in(&storage).await;
    let (filter, range) = (BanFilter::default(), (0, 5 * DAY));
    let before = top(&storage, &filter, range, 1).await;
    assert!(before.items.is_empty(), "{before:?}");
    // More of one, on a day that was asked for.
    let of_one = (0..12).map(|at| of(5, 2 + at));
    store(&storage, of_one.collect(), Vec::new()).await;
    work_in(&storage).await;
    let after = top(&storage, &filter, range, 1).await;
    assert_eq!(after.items.first().map(|item| item.bans), Some(13));
    storage.close().await;
}

/// Removes the events before a moment.
async fn forget(storage: &Sqlite, before: i64) {
    let before = Timestamp::from_millis(before);
    let forgotten = storage
        .history_writes()
        .forget(before, before, usize::MAX)
        .await;
    assert!(forgotten.unwrap() > 0);
}

#[tokio::test]
async fn bans_of_a_jail_whose_events_were_forgotten_count_beside_one_that_changed_its_country() {
    let folder = tempfile::tempdir().unwrap();
    let storage = open(&folder.path().join("db"), 100_000);
    let ban = |jail: &str, at: i64| event(at, EventKind::Ban, jail, "192.0.2.1");
    let german = Place {
        country: CountryCode::new("DE").ok(),
        asn: None,
    };
    store(&storage, vec![ban("sshd", HOUR)], Vec::new()).await;
    let mut known = vec![ban("sshd", 2 * HOUR)];
    known.extend((0..30).map(|number| ban("postfix", 3 * HOUR + number)));
    store_in(&storage, german, known, Vec::new()).await;
    work_in(&storage).await;
    forget(&storage, 3 * DAY).await;
    let late = vec![ban("postfix", 6 * DAY), ban("sshd", 7 * DAY)];
    store_in(&storage, german, late, Vec::new()).await;
    let filter = BanFilter {
        countries: vec![CountryCode::new("DE").unwrap()],
        ..BanFilter::default()
    };
    let top = top(&storage, &filter, (5 * DAY, 10 * DAY), 1).await;
    let item = top.items.first().unwrap();
    // Which of the two that sshd had before were there nobody knows any more.
    assert_eq!((item.bans, item.previous), (2, 30));
    storage.close().await;
}

#[tokio::test]
async fn most_banned_are_not_called_exact_where_events_that_tell_were_forgotten() {
    let folder = tempfile::tempdir().unwrap();
    let storage = open(&folder.path().join("db"), 100_000);
    let mut random = fastrand::Rng::with_seed(9);
    let many = usize::try_from(FEW).unwrap() * 2;
    store(&storage, bans(&mut random, (0, 10 * DAY), many), Vec::new()).await;
    work_in(&storage).await;
    let filter = BanFilter::default();
    let cut = (DAY + HOUR, 10 * DAY);
    assert!(top(&storage, &filter, cut, 3).await.exact);
    forget(&storage, 2 * DAY).await;
    assert!(!top(&storage, &filter, cut, 3).await.exact);
    // Of whole spans subjects tell.
    assert!(top(&storage, &filter, (DAY, 10 * DAY), 3).await.exact);
    storage.close().await;
}
