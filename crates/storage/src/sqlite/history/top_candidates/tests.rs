use std::collections::HashMap;

use domain::{
    BanFilter, CountryCode, Dimension, DimensionValue, EventKind, HeardEvent, Origin, Place,
    Storage as _, TimeRange, Timestamp, Top,
};

use rusqlite::Connection;

use super::{
    super::{
        cuts,
        recent::States,
        settle,
        testing::{event, open, store, store_in, work_in},
    },
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
        let subject = match number % 9 {
            0 => format!("2001:db8::{number:x}"),
            1 => std::net::Ipv4Addr::from(number << 8).to_string() + "/24",
            2 => format!("somebody {number}"),
            _ => std::net::Ipv4Addr::from(0x0b00_0000 + number).to_string(),
        };
        let jail = ["sshd", "postfix"][random.usize(0..2)];
        let mut ban = event(at, EventKind::Ban, jail, &subject);
        if random.u8(..) < 20 {
            ban.origin = Origin::Manual;
        }
        ban
    };
    moments.into_iter().map(ban).collect()
}

fn place(country: &str) -> Place {
    Place {
        country: CountryCode::new(country).ok(),
        asn: None,
    }
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
        let has_origin = filter.origins.is_empty() || filter.origins.contains(&ban.origin);
        let has_jail = filter.jails.is_empty() || filter.jails.contains(&ban.jail);
        if in_range && has_origin && has_jail {
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
    assert_eq!(top.items.is_empty(), top.total == 0, "{what}");
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
        match round % 4 {
            0 => filter.jails = vec!["sshd".parse().unwrap()],
            1 => filter.origins = vec![Origin::Detected],
            _ => {}
        }
        let top = top(&storage, &filter, range, limit).await;
        let sums = [before, range].map(|range| counted(&all, &filter, range));
        check(
            &top,
            sums.each_ref(),
            &format!("{round}: {range:?} {limit}"),
        );
        exact += u32::from(top.exact && filter == BanFilter::default());
    }
    assert!(exact > 10, "only {exact} were called exact");
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
    let german = place("DE");
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

#[tokio::test]
async fn bans_before_a_range_that_were_forgotten_are_not_counted_as_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let storage = open(&folder.path().join("db"), 100_000);
    let of = |subject: &str, at: i64| {
        let bans = (0..3).map(|number| event(at + number, EventKind::Ban, "sshd", subject));
        bans.collect::<Vec<_>>()
    };
    let before = of("192.0.2.1", DAY + HOUR / 2);
    let inside = of("192.0.2.2", DAY + 4 * HOUR);
    let after = of("192.0.2.3", DAY + 6 * HOUR - HOUR / 4);
    let all = [before, inside, after].concat();
    store(&storage, all, Vec::new()).await;
    work_in(&storage).await;
    forget(&storage, 2 * DAY).await;
    for range in [
        (DAY + HOUR, DAY + 5 * HOUR),
        (DAY + 3 * HOUR, DAY + 6 * HOUR - HOUR / 2),
        (DAY + 7 * HOUR / 2, DAY + 9 * HOUR / 2),
    ] {
        let top = top(&storage, &BanFilter::default(), range, 5).await;
        let bans: Vec<u64> = top.items.iter().map(|item| item.bans).collect();
        // Whose the three were is not known any more.
        assert_eq!(
            (bans, top.total, top.exact),
            (vec![], 3, false),
            "{range:?}"
        );
    }
    let whole = (DAY + HOUR, DAY + 6 * HOUR);
    let top = top(&storage, &BanFilter::default(), whole, 5).await;
    let bans: Vec<u64> = top.items.iter().map(|item| item.bans).collect();
    assert_eq!((bans, top.total, top.exact), (vec![3, 3], 6, true));
    storage.close().await;
}

#[tokio::test]
async fn bans_of_a_range_within_a_span_of_which_some_were_forgotten_are_counted_once() {
    let folder = tempfile::tempdir().unwrap();
    let storage = open(&folder.path().join("db"), 100_000);
    let ban = |at: i64| event(at, EventKind::Ban, "sshd", "192.0.2.1");
    let quarter = DAY + HOUR / 4;
    let all = [quarter + 10, quarter + 20, DAY + HOUR].map(ban);
    store(&storage, all.to_vec(), Vec::new()).await;
    work_in(&storage).await;
    forget(&storage, DAY + HOUR / 2).await;
    let range = (quarter, DAY + HOUR + HOUR / 4);
    let top = top(&storage, &BanFilter::default(), range, 1).await;
    let bans: Vec<u64> = top.items.iter().map(|item| item.bans).collect();
    assert_eq!((bans, top.total, top.exact), (vec![1], 3, false));
    storage.close().await;
}

#[tokio::test]
async fn most_banned_have_all_bans_where_only_events_before_the_range_were_forgotten() {
    let folder = tempfile::tempdir().unwrap();
    let storage = open(&folder.path().join("db"), 100_000);
    let mut random = fastrand::Rng::with_seed(11);
    let many = usize::try_from(FEW).unwrap() * 2;
    let all = bans(&mut random, (0, 6 * DAY), many);
    store(&storage, all.clone(), Vec::new()).await;
    work_in(&storage).await;
    let (filter, range) = (BanFilter::default(), (DAY + HOUR, 7 * DAY));
    forget(&storage, DAY + HOUR / 2).await;
    let found = top(&storage, &filter, range, 3).await;
    assert!(found.exact);
    let before = found.items.iter().map(|item| item.previous);
    let before: Vec<u64> = before.collect();
    let counts = counted(&all, &filter, range);
    for (item, known) in found.items.iter().zip(&before) {
        let DimensionValue::Subject(subject, _) = &item.value else {
            panic!("{item:?}");
        };
        let subject = subject.to_string();
        assert_eq!(counts.get(&subject), Some(&item.bans));
        // Of the time before, whole spans are known, and no more than there was.
        let ever = counted(&all, &filter, (-5 * DAY, range.0));
        let whole = counted(&all, &filter, (0, DAY));
        let of = |sums: &HashMap<String, u64>| sums.get(&subject).copied().unwrap_or_default();
        assert!((of(&whole)..=of(&ever)).contains(known), "{subject}");
    }
    storage.close().await;
}

#[tokio::test]
async fn bans_that_were_looked_at_and_forgotten_then_are_not_counted_any_more() {
    let folder = tempfile::tempdir().unwrap();
    let storage = open(&folder.path().join("db"), 100_000);
    let ban = |at: i64| event(at, EventKind::Ban, "sshd", "192.0.2.1");
    let late = [DAY + HOUR, DAY + 2 * HOUR, DAY + 4 * HOUR].map(ban);
    let all = [vec![ban(1)], late.to_vec()].concat();
    store(&storage, all, Vec::new()).await;
    work_in(&storage).await;
    // The first alone: from now on there are fewer events than bans, and subjects are asked.
    forget(&storage, HOUR).await;
    let range = (-DAY + HOUR, DAY + 5 * HOUR / 4);
    let bans = async || {
        let top = top(&storage, &BanFilter::default(), range, 1).await;
        top.items.first().map(|item| item.bans)
    };
    assert_eq!(bans().await, Some(2));
    forget(&storage, DAY + 3 * HOUR / 2).await;
    assert_eq!(bans().await, Some(1));
    storage.close().await;
}

#[tokio::test]
async fn most_banned_of_a_country_are_what_counting_gives_where_some_moved() {
    let folder = tempfile::tempdir().unwrap();
    let storage = open(&folder.path().join("db"), 100_000);
    let mut random = fastrand::Rng::with_seed(13);
    let many = usize::try_from(FEW).unwrap();
    // Some are in both.
    let german = bans(&mut random, (0, 5 * DAY), many);
    let french = bans(&mut random, (0, 5 * DAY), many / 4);
    store_in(&storage, place("DE"), german.clone(), Vec::new()).await;
    store_in(&storage, place("FR"), french, Vec::new()).await;
    work_in(&storage).await;
    let filter = BanFilter {
        countries: vec![CountryCode::new("DE").unwrap()],
        ..BanFilter::default()
    };
    for _ in 0..10 {
        let range = (random.i64(HOUR..DAY), random.i64(5 * DAY - HOUR..6 * DAY));
        let before = (2 * range.0 - range.1, range.0);
        let top = top(&storage, &filter, range, 10).await;
        let sums = [before, range].map(|range| counted(&german, &BanFilter::default(), range));
        check(&top, sums.each_ref(), &format!("{range:?}"));
    }
    storage.close().await;
}

#[tokio::test]
async fn most_banned_are_what_counting_gives_where_an_end_cuts_very_many() {
    let folder = tempfile::tempdir().unwrap();
    let storage = open(&folder.path().join("db"), 100_000);
    let mut random = fastrand::Rng::with_seed(17);
    let many = cuts::MOST * 5;
    let all = bans(&mut random, (0, 9 * HOUR), many);
    store(&storage, all.clone(), Vec::new()).await;
    work_in(&storage).await;
    let filter = BanFilter::default();
    for range in [(HOUR, 8 * HOUR), (HOUR / 2, 7 * HOUR)] {
        let before = (2 * range.0 - range.1, range.0);
        let top = top(&storage, &filter, range, 5).await;
        let sums = [before, range].map(|range| counted(&all, &filter, range));
        check(&top, sums.each_ref(), &format!("{range:?}"));
    }
    storage.close().await;
}

#[tokio::test]
async fn most_banned_are_what_counting_gives_while_events_are_worked_in() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("db");
    let mut random = fastrand::Rng::with_seed(19);
    let many = usize::try_from(FEW).unwrap() * 2;
    let mut all = bans(&mut random, (0, 10 * DAY), many);
    let storage = open(&path, 100_000);
    store(&storage, all.clone(), Vec::new()).await;
    work_in(&storage).await;
    let recent = bans(&mut random, (9 * DAY, 10 * DAY), 3_000);
    store(&storage, recent.clone(), Vec::new()).await;
    all.extend(recent);
    let connection = Connection::open(&path).unwrap();
    let parts_of_750 = States::new(3_000);
    let is_left = || {
        let left = connection.query_row("SELECT count(*) FROM recent", [], |row| row.get(0));
        left.unwrap_or(0_i64) > 0
    };
    let filter = BanFilter::default();
    let mut parts = 0;
    loop {
        for round in 0..4 {
            let range = (DAY + HOUR * round / 2, 10 * DAY - HOUR * (1 + round));
            let before = (2 * range.0 - range.1, range.0);
            let top = top(&storage, &filter, range, 5).await;
            let sums = [before, range].map(|range| counted(&all, &filter, range));
            check(&top, sums.each_ref(), &format!("{parts}: {range:?}"));
        }
        if !is_left() {
            break;
        }
        settle::step(&connection, &parts_of_750).unwrap();
        parts += 1;
    }
    assert!(parts > 2, "{parts}");
    storage.close().await;
}
