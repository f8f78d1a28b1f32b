//! Edges of buckets: those of the calendar in the user's zone, so that a day has 23 to 25 hours where clocks change.
use domain::{TimeRange, Timestamp};
use jiff::{ToSpan as _, civil::Weekday};

use crate::services::history::range::{DAY, HOUR, QUARTER, Zone, quarter};

/// How long a bucket is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bucket {
    /// A quarter of an hour.
    Quarter,
    /// An hour of the clock.
    Hour,
    /// A day of the calendar.
    Day,
    /// Seven days from Monday on.
    Week,
    /// A month of the calendar.
    Month,
}

impl Bucket {
    /// The bucket that cuts a range into a number that a chart can show: at most 216.
    pub(crate) fn fitting(range: TimeRange) -> Self {
        let length = range.until.millis_since(range.from);
        let up_to = [
            (12 * HOUR, Self::Quarter),
            (9 * DAY, Self::Hour),
            (120 * DAY, Self::Day),
            (3 * 366 * DAY, Self::Week),
        ];
        up_to
            .into_iter()
            .find(|(longest, _)| length <= *longest)
            .map_or(Self::Month, |(_, bucket)| bucket)
    }

    /// Whether its edges are midnights.
    const fn is_of_days(self) -> bool {
        matches!(self, Self::Day | Self::Week | Self::Month)
    }

    /// The first edge after a moment.
    fn next(self, at: Timestamp, zone: &Zone) -> Timestamp {
        let edge = match self {
            Self::Quarter => None,
            Self::Hour => Some(next_hour(at, zone)),
            Self::Day | Self::Week | Self::Month => self.next_midnight(at, zone),
        };
        // Zones of long ago were seconds away from quarters; and no bucket is shorter than the smallest that storage knows.
        let least = Timestamp::from_millis(at.as_millis() + QUARTER);
        edge.map_or(least, |edge| quarter(edge).max(least))
    }

    fn next_midnight(self, at: Timestamp, zone: &Zone) -> Option<Timestamp> {
        let day = zone.local(at).date();
        let next = match self {
            Self::Week => day.nth_weekday(1, Weekday::Monday),
            Self::Month => day.first_of_month().checked_add(1.month()),
            Self::Quarter | Self::Hour | Self::Day => day.tomorrow(),
        };
        zone.start_of(next.ok()?)
    }
}

fn next_hour(at: Timestamp, zone: &Zone) -> Timestamp {
    let local = zone.local(at);
    let past = i64::from(local.minute()) * 60_000 + i64::from(local.second()) * 1000;
    Timestamp::from_millis(at.as_millis() + HOUR - past)
}

/// The edges of the buckets of a range: its ends, which are full quarters of an hour, and what the calendar has between them.
pub(crate) fn edges(range: TimeRange, bucket: Bucket, zone: &Zone) -> Vec<Timestamp> {
    let mut edges = vec![range.from];
    let mut next = bucket.next(range.from, zone);
    while next < range.until {
        edges.push(next);
        next = bucket.next(next, zone);
    }
    edges.push(range.until);
    edges
}

/// The edges of the same buckets in the period before, which ends where the range begins. Neighbours may be equal where a zone left a day out.
///
/// A range of whole days that is shown in days or longer follows as many days of the calendar; any other one as many seconds.
pub(crate) fn before(
    edges: &[Timestamp],
    range: TimeRange,
    bucket: Bucket,
    zone: &Zone,
) -> Vec<Timestamp> {
    let days = zone.whole_days(range).filter(|_| bucket.is_of_days());
    let length = range.until.millis_since(range.from);
    let mut before: Vec<_> = edges
        .iter()
        .map(|edge| {
            let earlier = match days {
                Some(days) => zone.days_before(*edge, days),
                None => Timestamp::from_millis(edge.as_millis() - length),
            };
            // Where clocks changed between the two, the same local time may be an hour off.
            earlier.min(range.from)
        })
        .collect();
    if let Some(last) = before.last_mut() {
        *last = range.from;
    }
    before
}

#[cfg(test)]
mod tests;
