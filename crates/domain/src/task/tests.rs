use proptest::prelude::*;

use super::*;

const HOUR: i64 = 3_600_000;

fn zone(name: &str) -> TimeZoneName {
    name.parse().unwrap()
}

fn at(text: &str) -> Timestamp {
    text.parse::<jiff::Timestamp>().unwrap().into()
}

#[test]
fn name_of_letters_digits_and_hyphens_is_taken_and_another_is_not() {
    assert_eq!(
        "geo-refresh".parse::<TaskName>().unwrap().as_str(),
        "geo-refresh"
    );
    for text in ["", "Geo", "a b", "a/b", "ä", &"a".repeat(65)] {
        assert!(text.parse::<TaskName>().is_err(), "{text}");
    }
}

#[test]
fn time_of_day_is_two_digits_twice_and_one_that_there_is() {
    for text in ["00:00", "03:30", "23:59"] {
        assert_eq!(text.parse::<TimeOfDay>().unwrap().to_string(), text);
    }
    for text in [
        "", "3:30", "24:00", "12:60", "-1:00", "12:00:00", "aa:bb", "+1:00",
    ] {
        assert!(text.parse::<TimeOfDay>().is_err(), "{text}");
    }
}

#[test]
fn interval_is_counted_from_the_beginning_of_the_last_run() {
    let every = Schedule::Every { seconds: 90 };
    let next = every.next(at("2026-03-29T00:59:00Z"), &zone("Europe/Berlin"));
    assert_eq!(next, at("2026-03-29T01:00:30Z"));
}

#[test]
fn day_that_has_its_time_still_before_it_is_taken_and_else_the_next() {
    let daily = Schedule::Daily {
        at: TimeOfDay::new(3, 30),
    };
    let berlin = zone("Europe/Berlin");
    let next = |after| daily.next(at(after), &berlin);
    assert_eq!(next("2026-01-10T02:29:59Z"), at("2026-01-10T02:30:00Z"));
    assert_eq!(next("2026-01-10T02:30:00Z"), at("2026-01-11T02:30:00Z"));
}

#[test]
fn time_that_the_change_to_summer_time_leaves_out_comes_as_much_later() {
    let daily = Schedule::Daily {
        at: TimeOfDay::new(2, 30),
    };
    let berlin = zone("Europe/Berlin");
    let first = daily.next(at("2026-03-28T12:00:00Z"), &berlin);
    assert_eq!(first, at("2026-03-29T01:30:00Z"));
    assert_eq!(daily.next(first, &berlin), at("2026-03-30T00:30:00Z"));
}

#[test]
fn time_that_comes_twice_counts_once() {
    let daily = Schedule::Daily {
        at: TimeOfDay::new(2, 30),
    };
    let berlin = zone("Europe/Berlin");
    let first = daily.next(at("2026-10-24T12:00:00Z"), &berlin);
    assert_eq!(first, at("2026-10-25T00:30:00Z"));
    assert_eq!(daily.next(first, &berlin), at("2026-10-26T01:30:00Z"));
}

#[test]
fn week_begins_anew_when_its_day_is_over() {
    let weekly = Schedule::Weekly {
        day: Weekday::Wednesday,
        at: TimeOfDay::new(12, 0),
    };
    let utc = TimeZoneName::utc();
    let next = |after| weekly.next(at(after), &utc);
    // A Monday, the Wednesday itself, a Sunday.
    assert_eq!(next("2026-11-23T00:00:00Z"), at("2026-11-25T12:00:00Z"));
    assert_eq!(next("2026-11-25T12:00:00Z"), at("2026-12-02T12:00:00Z"));
    assert_eq!(next("2026-11-29T23:00:00Z"), at("2026-12-02T12:00:00Z"));
}

#[test]
fn schedule_is_written_as_the_api_says_it() {
    let weekly = Schedule::Weekly {
        day: Weekday::Sunday,
        at: TimeOfDay::new(4, 5),
    };
    let text = serde_json::to_string(&weekly).unwrap();
    assert_eq!(text, r#"{"kind":"weekly","day":"sunday","at":"04:05"}"#);
    assert_eq!(serde_json::from_str::<Schedule>(&text).unwrap(), weekly);
}

proptest! {
    #[test]
    fn any_schedule_is_due_later_and_within_its_period(
        seconds in 0_i64..4_000_000_000,
        (hour, minute, day) in (0_i8..24, 0_i8..60, 0_usize..7),
        name in prop::sample::select(vec!["UTC", "Europe/Berlin", "America/St_Johns", "Asia/Kolkata", "Pacific/Apia", "Australia/Lord_Howe"]),
    ) {
        use Weekday::*;
        let after = Timestamp::from_millis(seconds * 1_000);
        let at = TimeOfDay::new(hour, minute);
        let day = [Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday][day];
        let zone = zone(name);
        // A day of 25 hours, and one that an island leaves out as it crosses the date line.
        for (schedule, most) in [(Schedule::Daily { at }, 49 * HOUR), (Schedule::Weekly { day, at }, (14 * 24 + 1) * HOUR)] {
            let waits = schedule.next(after, &zone).millis_since(after);
            prop_assert!(waits > 0 && waits <= most, "{schedule:?}: {waits}");
        }
    }
}
