use proptest::prelude::*;

use super::*;

const ZONES: [&str; 9] = [
    "UTC",
    "Europe/Berlin",
    "America/St_Johns",
    "America/Sao_Paulo",
    "Asia/Kathmandu",
    "Asia/Tehran",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Pacific/Chatham",
];
const BUCKETS: [Bucket; 5] = [
    Bucket::Quarter,
    Bucket::Hour,
    Bucket::Day,
    Bucket::Week,
    Bucket::Month,
];

fn at(text: &str) -> Timestamp {
    text.parse::<jiff::Timestamp>().unwrap().into()
}

fn zone(name: &str) -> Zone {
    Zone::of(&name.parse().unwrap())
}

fn range(from: &str, until: &str) -> TimeRange {
    TimeRange {
        from: at(from),
        until: at(until),
    }
}

/// Hours between neighbours.
fn hours(edges: &[Timestamp]) -> Vec<i64> {
    let pairs = edges.iter().zip(edges.iter().skip(1));
    pairs
        .map(|(from, until)| until.millis_since(*from) / HOUR)
        .collect()
}

#[test]
fn days_when_clocks_change_have_23_and_25_hours() {
    let berlin = zone("Europe/Berlin");
    let spring = range("2026-03-27T23:00:00Z", "2026-03-30T22:00:00Z");
    assert_eq!(hours(&edges(spring, Bucket::Day, &berlin)), [24, 23, 24]);
    let autumn = range("2026-10-23T22:00:00Z", "2026-10-26T23:00:00Z");
    assert_eq!(hours(&edges(autumn, Bucket::Day, &berlin)), [24, 25, 24]);
}

#[test]
fn hours_when_clocks_change_are_all_there() {
    let berlin = zone("Europe/Berlin");
    let autumn = range("2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z");
    assert_eq!(hours(&edges(autumn, Bucket::Hour, &berlin)), [1; 25]);
}

#[test]
fn hours_of_a_zone_45_minutes_off_begin_with_its_clock() {
    let day = range("2026-11-22T12:00:00Z", "2026-11-22T14:00:00Z");
    assert_eq!(
        edges(day, Bucket::Hour, &zone("Asia/Kathmandu")),
        [
            at("2026-11-22T12:00:00Z"),
            at("2026-11-22T12:15:00Z"),
            at("2026-11-22T13:15:00Z"),
            at("2026-11-22T14:00:00Z"),
        ]
    );
}

#[test]
fn hour_cut_by_a_change_of_half_an_hour_keeps_its_halves_apart() {
    // Lord Howe went back from 2:00 to 1:30 on 5 April 2026, at 15:00 UTC the day before.
    let night = range("2026-04-04T14:00:00Z", "2026-04-04T17:30:00Z");
    assert_eq!(
        edges(night, Bucket::Hour, &zone("Australia/Lord_Howe")),
        [
            at("2026-04-04T14:00:00Z"),
            at("2026-04-04T15:00:00Z"),
            at("2026-04-04T15:30:00Z"),
            at("2026-04-04T16:30:00Z"),
            at("2026-04-04T17:30:00Z"),
        ]
    );
}

#[test]
fn day_whose_midnight_does_not_exist_begins_with_its_first_hour() {
    // São Paulo went from 0:00 to 1:00 on 4 November 2018.
    let days = range("2018-11-03T03:00:00Z", "2018-11-06T02:00:00Z");
    assert_eq!(
        hours(&edges(days, Bucket::Day, &zone("America/Sao_Paulo"))),
        [24, 23, 24]
    );
}

#[test]
fn weeks_begin_on_mondays_and_months_on_their_first() {
    let berlin = zone("Europe/Berlin");
    let year = range("2026-01-14T09:15:00Z", "2026-12-31T10:00:00Z");
    for (bucket, fits) in [
        (
            Bucket::Week,
            (|day| day.weekday() == Weekday::Monday) as fn(jiff::civil::Date) -> bool,
        ),
        (Bucket::Month, |day| day.day() == 1),
    ] {
        let edges = edges(year, bucket, &berlin);
        for edge in &edges[1..edges.len() - 1] {
            let local = berlin.local(*edge);
            assert!(fits(local.date()), "{local}");
            assert_eq!(local.time(), jiff::civil::Time::midnight());
        }
    }
}

#[test]
fn whole_days_are_compared_with_as_many_days_of_the_calendar() {
    let berlin = zone("Europe/Berlin");
    // Three days of which one has 25 hours, after three of 24.
    let days = range("2026-10-23T22:00:00Z", "2026-10-26T23:00:00Z");
    let before = before(
        &edges(days, Bucket::Day, &berlin),
        days,
        Bucket::Day,
        &berlin,
    );
    assert_eq!(hours(&before), [24, 24, 24]);
    assert_eq!(before.last(), Some(&days.from));
}

#[test]
fn other_ranges_are_compared_with_as_many_seconds() {
    let utc = zone("UTC");
    let part = range("2026-11-20T10:00:00Z", "2026-11-22T12:30:00Z");
    for bucket in [Bucket::Hour, Bucket::Day] {
        let edges = edges(part, bucket, &utc);
        let before = before(&edges, part, bucket, &utc);
        assert_eq!(before.first(), Some(&at("2026-11-18T07:30:00Z")));
        assert_eq!(before.last(), Some(&part.from));
        assert_eq!(hours(&before), hours(&edges));
    }
}

#[test]
fn every_length_up_to_ten_years_fits_a_chart() {
    let until = at("2026-11-23T12:00:00Z");
    let utc = zone("UTC");
    for days in [1, 2, 7, 9, 10, 30, 120, 121, 365, 366, 1_098, 1_099, 3_653] {
        let from = Timestamp::from_millis(until.as_millis() - days * DAY);
        let range = TimeRange { from, until };
        let edges = edges(range, Bucket::fitting(range), &utc);
        assert!((10..=217).contains(&edges.len()), "{days}: {}", edges.len());
    }
}

fn any_range() -> impl Strategy<Value = TimeRange> {
    // From 1990 to 2060, up to 400 days, in quarters of an hour.
    (700_000_i64..3_150_000, 1_i64..38_400).prop_map(|(from, length)| TimeRange {
        from: Timestamp::from_millis(from * QUARTER),
        until: Timestamp::from_millis((from + length) * QUARTER),
    })
}

proptest! {
    #[test]
    fn edges_ascend_in_quarters_from_one_end_to_the_other(
        range in any_range(),
        bucket in prop::sample::select(&BUCKETS),
        name in prop::sample::select(&ZONES),
    ) {
        let edges = edges(range, bucket, &zone(name));
        prop_assert_eq!(edges.first(), Some(&range.from));
        prop_assert_eq!(edges.last(), Some(&range.until));
        prop_assert!(edges.is_sorted_by(|a, b| a < b));
        prop_assert!(edges.iter().all(|edge| edge.as_millis() % QUARTER == 0));
    }

    #[test]
    fn inner_edges_of_days_are_the_first_moments_of_local_days(
        range in any_range(),
        name in prop::sample::select(&ZONES),
    ) {
        let zone = zone(name);
        let edges = edges(range, Bucket::Day, &zone);
        for edge in edges.iter().skip(1).take(edges.len().saturating_sub(2)) {
            let just_before = Timestamp::from_millis(edge.as_millis() - 1);
            prop_assert!(zone.local(just_before).date() < zone.local(*edge).date());
        }
        // None is left out: a piece begins and ends on the same local day.
        for (from, until) in edges.iter().zip(edges.iter().skip(1)) {
            let last = Timestamp::from_millis(until.as_millis() - 1);
            prop_assert_eq!(zone.local(*from).date(), zone.local(last).date());
        }
    }

    #[test]
    fn edges_of_the_period_before_follow_each_other_up_to_the_range(
        range in any_range(),
        bucket in prop::sample::select(&BUCKETS),
        name in prop::sample::select(&ZONES),
    ) {
        let zone = zone(name);
        let edges = edges(range, bucket, &zone);
        let before = before(&edges, range, bucket, &zone);
        prop_assert_eq!(before.len(), edges.len());
        prop_assert_eq!(before.last(), Some(&range.from));
        prop_assert!(before.is_sorted());
        prop_assert!(before.first() < Some(&range.from));
        prop_assert!(before.iter().all(|edge| edge.as_millis() % QUARTER == 0));
    }
}
