use super::*;

const DAY: i64 = 24 * 3_600;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(1_795_000_000_000).plus_seconds(seconds)
}

fn range(from: i64, until: i64) -> TimeRange {
    TimeRange {
        from: at(from),
        until: at(until),
    }
}

fn jail() -> JailName {
    "sshd".parse().unwrap()
}

#[test]
fn times_of_which_nothing_was_heard_are_told_as_one_for_seven_days() {
    let seen = LastSeen::default();
    assert_eq!(seen.unheard(at(0)), None);
    seen.unheard_in(range(-100, 0), at(0));
    assert_eq!(seen.unheard(at(0)), Some(range(-100, 0)));
    seen.unheard_in(range(DAY, DAY + 9), at(2 * DAY));
    seen.unheard_in(range(50, 60), at(2 * DAY));
    assert_eq!(seen.unheard(at(2 * DAY)), Some(range(-100, DAY + 9)));
    assert_eq!(
        seen.unheard(at(8 * DAY + 8)),
        Some(range(-100, DAY + 9)),
        "seven days are not over"
    );
    assert_eq!(seen.unheard(at(8 * DAY + 9)), None);
}

#[test]
fn time_of_which_nothing_was_heard_is_not_told_as_one_with_what_is_long_over() {
    let seen = LastSeen::default();
    seen.unheard_in(range(0, 100), at(200));
    let june = range(150 * DAY, 150 * DAY + 100);
    seen.unheard_in(june, at(151 * DAY));
    assert_eq!(seen.unheard(at(151 * DAY)), Some(june));
    // Nor the other way round, when an old one is found late.
    seen.unheard_in(range(140 * DAY, 141 * DAY), at(151 * DAY));
    assert_eq!(seen.unheard(at(151 * DAY)), Some(june));
}

#[test]
fn time_of_which_nothing_was_heard_is_taken_over_from_an_earlier_agent_while_it_is_told() {
    let told = range(0, 100);
    let resumed = |now: i64| {
        let seen = LastSeen::default();
        seen.resume(&[], Some(told), at(now));
        seen.unheard_in(range(now - 10, now), at(now));
        seen.unheard(at(now))
    };
    assert_eq!(resumed(DAY), Some(range(0, DAY)));
    assert_eq!(resumed(9 * DAY), Some(range(9 * DAY - 10, 9 * DAY)));
}

#[test]
fn complaint_that_was_heard_during_a_look_at_the_one_before_stays() {
    let seen = LastSeen::default();
    seen.odd_time(&jail(), at(0));
    seen.odd_time(&jail(), at(5));
    seen.right_time(&jail(), at(0));
    assert_eq!(seen.odd_jails(), [(jail(), at(5))]);
    seen.right_time(&jail(), at(5));
    assert_eq!(seen.odd_jails(), []);
}

#[test]
fn failures_are_told_since_the_last_break() {
    let seen = LastSeen::default();
    let listens = |told: Option<i64>, behind: bool| {
        seen.listens(told.map(at), behind, None);
        seen.listening().told_since
    };
    assert_eq!(seen.listening(), Listening::default());
    assert_eq!(listens(Some(10), true), Some(at(10)));
    assert!(seen.listening().behind);
    assert_eq!(listens(Some(20), false), Some(at(10)));
    assert!(!seen.listening().behind);
    assert_eq!(listens(None, false), None);
    assert_eq!(listens(Some(30), false), Some(at(30)));
    // A clock that was put back.
    assert_eq!(listens(Some(25), false), Some(at(25)));
}
