//! The grid of time that bans are counted on. All in UTC, from the epoch on; zones are made of quarters of an hour.

use std::ops::Range;

/// A quarter of an hour in milliseconds.
pub(super) const QUARTER: i64 = 15 * 60 * 1000;
/// Quarters in a block, which is one row of a series: 10 days and 16 hours.
pub(super) const BLOCK: i64 = 1024;
/// Quarters in a span of the lowest level: 3 hours. The rest of a range is counted from events, so it must be short.
pub(super) const SPAN: i64 = 12;
/// Each level's span is this many of the one below: 3 hours, 1 day, 8 days, 64 days.
const FAN: i64 = 8;
/// The highest level.
pub(super) const TOP_LEVEL: u32 = 3;

/// Events of an address lie together for so long, in milliseconds: two days. Also in the index of them and in what is asked of that.
pub(super) const STRETCH_OF_ADDRESSES: i64 = 172_800_000;
/// Events of a country or a network: eight days. The longer, the less is asked for what is rare, and the more pages are changed by what is new.
pub(super) const STRETCH_OF_PLACES: i64 = 691_200_000;

/// The stretch of a length in which a moment lies. Rounded to zero, as SQLite divides; later is never less.
pub(super) const fn stretch(at: i64, length: i64) -> i64 {
    at / length
}

/// A moment at which all that follows can reckon: those beyond are as good as the ends of time (year 10,000 is a thirtieth of the way).
pub(super) fn within(at: i64) -> i64 {
    const END: i64 = 1 << 53;
    at.clamp(-END, END)
}

/// The quarter in which a moment lies.
pub(super) const fn quarter(at: i64) -> i64 {
    at.div_euclid(QUARTER)
}

/// The first quarter that begins at a moment or after it.
pub(super) const fn quarter_from(at: i64) -> i64 {
    at.div_euclid(QUARTER) + (at.rem_euclid(QUARTER) != 0) as i64
}

/// The block of a quarter, and its number in it.
pub(super) fn in_block(quarter: i64) -> (i64, u64) {
    (
        quarter.div_euclid(BLOCK),
        quarter.rem_euclid(BLOCK).unsigned_abs(),
    )
}

/// The span of a level in which a moment lies.
pub(super) const fn span(at: i64, level: u32) -> i64 {
    quarter(at).div_euclid(SPAN * FAN.pow(level))
}

/// The quarter with which a span begins.
pub(super) const fn first_quarter(level: u32, span: i64) -> i64 {
    span * SPAN * FAN.pow(level)
}

/// The day (UTC) in which a moment lies.
pub(super) const fn day(at: i64) -> i64 {
    span(at, 1)
}

/// The day of a span of the lowest level.
pub(super) const fn day_of_span(span: i64) -> i64 {
    span.div_euclid(FAN)
}

/// The first span of the lowest level of a day.
pub(super) const fn first_span(day: i64) -> i64 {
    day * FAN
}

/// The days that lie wholly within spans of the lowest level; none where these are fewer than a day's.
pub(super) const fn whole_days(first: i64, last: i64) -> Range<i64> {
    first.div_euclid(FAN) + (first.rem_euclid(FAN) != 0) as i64..last.div_euclid(FAN)
}

/// The fewest spans that cover `from..until` (in spans of the lowest level): level and number of each.
pub(super) fn spans(from: i64, until: i64) -> impl Iterator<Item = (u32, i64)> {
    let mut next = from;
    std::iter::from_fn(move || {
        if next >= until {
            return None;
        }
        let level = (0..=TOP_LEVEL)
            .rev()
            .find(|level| {
                let size = FAN.pow(*level);
                next.rem_euclid(size) == 0 && next.checked_add(size).is_some_and(|end| end <= until)
            })
            .unwrap_or_default();
        let size = FAN.pow(level);
        let found = (level, next.div_euclid(size));
        next += size;
        Some(found)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn spans_cover_exactly_what_was_asked_for(from in -5_000_i64..5_000, length in 0_i64..9_000) {
            let mut next = from;
            for (level, number) in spans(from, from + length) {
                prop_assert_eq!(number * FAN.pow(level), next);
                next += FAN.pow(level);
            }
            prop_assert_eq!(next, from + length);
            // A year is 2,920 spans of the lowest level.
            prop_assert!(spans(from, from + length).count() <= 64);
        }
    }

    #[test]
    fn stretches_are_as_long_as_in_the_indexes() {
        let addresses = format!("at / {STRETCH_OF_ADDRESSES}");
        assert!(include_str!("../../../migrations/0002_history.sql").contains(&addresses));
        assert!(crate::sqlite::queries::EVENTS_IN_NETWORK.contains(&addresses));
        let places = format!("at / {STRETCH_OF_PLACES}");
        assert!(include_str!("../../../migrations/0005_stretches.sql").contains(&places));
        assert!(crate::sqlite::queries::EVENTS_PAGE_COUNTRY_NEWEST.contains(&places));
    }

    #[test]
    fn moments_before_the_epoch_lie_where_they_belong() {
        assert_eq!((quarter(-1), quarter_from(-1), day(-1)), (-1, 0, -1));
        assert_eq!(in_block(-1), (-1, 1023));
    }
}
