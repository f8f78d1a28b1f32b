use super::*;

fn at(text: &str) -> Timestamp {
    text.parse::<jiff::Timestamp>().unwrap().into()
}

fn zone(name: &str) -> Zone {
    Zone::of(&name.parse().unwrap())
}

fn shown(range: TimeRange) -> String {
    format!("{} {}", range.from, range.until)
}

#[test]
fn last_hours_end_with_the_present_quarter() {
    let range = Last::Hours(24).until_now(at("2026-11-23T12:07:31.5Z"), &zone("UTC"));
    assert_eq!(
        shown(range),
        "2026-11-22T12:15:00.000Z 2026-11-23T12:15:00.000Z"
    );
}

#[test]
fn last_range_at_a_full_quarter_holds_the_present() {
    let now = at("2026-11-23T12:15:00Z");
    let range = Last::Hours(24).until_now(now, &zone("UTC"));
    assert!(range.from < now && now < range.until);
}

#[test]
fn last_days_are_those_of_the_calendar_over_a_change_of_clocks() {
    // Germany went back by an hour on 25 October 2026.
    let range = Last::Days(7).until_now(at("2026-10-28T09:50:00Z"), &zone("Europe/Berlin"));
    assert_eq!(
        shown(range),
        "2026-10-21T09:00:00.000Z 2026-10-28T10:00:00.000Z"
    );
}

#[test]
fn counted_range_is_moved_outwards_to_quarters() {
    let asked = TimeRange {
        from: at("2026-11-23T10:07:00Z"),
        until: at("2026-11-23T11:30:00.001Z"),
    };
    let counted = When::Between(asked).counted(at("2026-11-23T12:00:00Z"), &zone("UTC"));
    assert_eq!(
        shown(counted.unwrap()),
        "2026-11-23T10:00:00.000Z 2026-11-23T11:45:00.000Z"
    );
}

#[test]
fn counted_range_with_one_end_gets_the_other() {
    let now = at("2026-11-23T12:00:00Z");
    let counted = |when: When| when.counted(now, &zone("UTC")).map(shown);
    assert_eq!(
        counted(When::From(at("2026-11-20T00:00:00Z"))).unwrap(),
        "2026-11-20T00:00:00.000Z 2026-11-23T12:15:00.000Z"
    );
    assert_eq!(
        counted(When::Until(at("2026-11-20T00:00:00Z"))).unwrap(),
        "2026-11-19T00:00:00.000Z 2026-11-20T00:00:00.000Z"
    );
    assert_eq!(
        counted(When::From(at("2026-11-24T00:00:00Z"))),
        Err(RangeError::Backwards)
    );
    assert_eq!(
        counted(When::From(at("2016-01-01T00:00:00Z"))),
        Err(RangeError::TooLong)
    );
}

#[test]
fn whole_days_are_known_over_a_change_of_clocks() {
    let berlin = zone("Europe/Berlin");
    let days = |from, until| {
        berlin.whole_days(TimeRange {
            from: at(from),
            until: at(until),
        })
    };
    assert_eq!(
        days("2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"),
        Some(1)
    );
    assert_eq!(days("2026-10-24T22:00:00Z", "2026-10-25T22:00:00Z"), None);
    assert_eq!(days("2026-10-25T00:00:00Z", "2026-10-25T01:00:00Z"), None);
}
