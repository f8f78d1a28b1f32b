//! The time at the beginning of a line of syslog.
use domain::Timestamp;
use jiff::{civil, tz::TimeZone};

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// A time without a year; all are this long.
const YEARLESS: &str = "Nov 23 19:13:17";

/// How far ahead a time without a year may be before it is taken for one of the year before.
const AHEAD_SECONDS: i64 = 86_400;

/// Reads times of lines.
///
/// Those without a zone are taken to be of the machine's; one that an hour too early or too late is as recent as before.
pub(super) struct LineTimes {
    zone: TimeZone,
    now: Timestamp,
}

impl LineTimes {
    pub(super) fn of_the_machine(now: Timestamp) -> Self {
        Self {
            zone: TimeZone::system(),
            now,
        }
    }

    /// The time that a line begins with, `Nov 23 19:13:17` or `2026-11-23T19:13:17.123456+01:00`, and what is behind it and a blank.
    pub(super) fn split<'line>(&self, line: &'line str) -> Option<(Timestamp, &'line str)> {
        if let Some((word, rest)) = line.split_once(' ')
            && let Ok(at) = word.parse::<jiff::Timestamp>()
        {
            return Some((at.into(), rest));
        }
        let (time, rest) = line.split_at_checked(YEARLESS.len())?;
        Some((self.without_a_year(time)?, rest.strip_prefix(' ')?))
    }

    /// `Nov 23 19:13:17`, `Nov  3 19:13:17`: the last time that this was.
    fn without_a_year(&self, text: &str) -> Option<Timestamp> {
        let (month, rest) = text.split_once(' ')?;
        let month = MONTHS.iter().position(|name| *name == month)?;
        let month = i8::try_from(month + 1).ok()?;
        let (day, time) = rest.trim_start().split_once(' ')?;
        let time: civil::Time = time.parse().ok()?;
        let day: i8 = day.parse().ok()?;
        let latest = self.now.plus_seconds(AHEAD_SECONDS);
        let year = jiff::Timestamp::from_millisecond(latest.as_millis()).ok()?;
        let year = self.zone.to_datetime(year).year();
        [year, year.saturating_sub(1)]
            .into_iter()
            .filter_map(|year| civil::Date::new(year, month, day).ok())
            .filter_map(|date| self.zone.to_timestamp(date.to_datetime(time)).ok())
            .map(Timestamp::from)
            .find(|at| *at <= latest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(now: &str, line: &str) -> Option<(String, String)> {
        let now: jiff::Timestamp = now.parse().unwrap();
        let times = LineTimes {
            zone: TimeZone::get("Europe/Berlin").unwrap(),
            now: now.into(),
        };
        let (at, rest) = times.split(line)?;
        Some((at.to_string(), rest.to_owned()))
    }

    #[test]
    fn time_of_each_form_is_read() {
        for (line, expected) in [
            (
                "2026-11-23T19:13:17.123456+01:00 host x",
                "2026-11-23T18:13:17.123Z",
            ),
            ("2026-11-23T18:13:17Z host x", "2026-11-23T18:13:17.000Z"),
            ("Nov 23 19:13:17 host x", "2026-11-23T18:13:17.000Z"),
            ("Nov  3 19:13:17 host x", "2026-11-03T18:13:17.000Z"),
            ("Jul 23 19:13:17 host x", "2026-07-23T17:13:17.000Z"),
        ] {
            let read = read("2026-11-23T20:00:00Z", line);
            assert_eq!(read, Some((expected.to_owned(), "host x".to_owned())));
        }
    }

    #[test]
    fn time_without_a_year_is_the_last_time_that_it_was() {
        for (now, line, expected) in [
            (
                "2026-01-02T00:00:00Z",
                "Dec 31 12:00:00 h",
                "2025-12-31T11:00:00.000Z",
            ),
            (
                "2025-12-31T20:00:00Z",
                "Jan  1 01:00:00 h",
                "2026-01-01T00:00:00.000Z",
            ),
            (
                "2025-01-10T00:00:00Z",
                "Feb 29 12:00:00 h",
                "2024-02-29T11:00:00.000Z",
            ),
        ] {
            assert_eq!(read(now, line).unwrap().0, expected, "{line}");
        }
    }

    #[test]
    fn what_is_no_time_is_none() {
        for line in [
            "",
            " ",
            "Nov 23 19:13:17",
            "Nov 31 19:13:17 host",
            "nov 23 19:13:17 host",
            "Nov 23 29:13:17 host",
            "Nov -3 19:13:17 host",
            "Nov 23 19:13:1ö host",
            "192.0.2.1 - - [23/Nov/2026:19:13:17 +0100] \"GET /\"",
            "2026-11-23T19:13:17 host",
        ] {
            assert_eq!(read("2026-11-23T20:00:00Z", line), None, "{line}");
        }
    }
}
