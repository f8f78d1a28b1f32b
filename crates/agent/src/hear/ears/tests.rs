use domain::TimeRange;

use super::*;

const DAY: i64 = 24 * 3_600;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(1_795_000_000_000).plus_seconds(seconds)
}

#[test]
fn cursor_keeps_a_time_of_which_nothing_was_heard_as_long_as_it_is_told() {
    let unheard = TimeRange {
        from: at(0),
        until: at(100),
    };
    let cursor = Cursor {
        unheard: Some(unheard),
        ..Cursor::default()
    };
    let mut ears = Ears::resume(
        Some(&cursor.write()),
        Arc::default(),
        JournalConfig::default(),
        at(DAY),
    );
    let mut kept = |now: i64| {
        let batch = ears.batch(false, at(now));
        Cursor::read(Some(&batch.cursor)).unheard
    };
    assert_eq!(kept(DAY), Some(unheard));
    assert_eq!(kept(8 * DAY), None);
}
