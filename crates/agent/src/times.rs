//! The daemon's local times, which come without a zone.
use domain::{BanEnd, BanSubject, Timestamp};
use fail2ban::{BannedRow, Subject};
use jiff::{civil::DateTime, tz::TimeZone};

use crate::jail_bans::Row;

/// Reads rows of bans in a zone.
///
/// The daemon is taken to run in the machine's zone, as its unit does.
pub(crate) struct LocalTimes {
    zone: TimeZone,
    now: Timestamp,
}

impl LocalTimes {
    /// In the machine's zone.
    pub(crate) fn of_the_machine(now: Timestamp) -> Self {
        Self {
            zone: TimeZone::system(),
            now,
        }
    }

    /// A row with its times in UTC.
    pub(crate) fn row(&self, banned: BannedRow) -> Row {
        let subject = match banned.subject {
            Subject::Network(network) => BanSubject::Network(network),
            Subject::Other(text) => BanSubject::Other(text),
        };
        let Some(times) = banned.times else {
            return Row {
                subject,
                banned_at: None,
                end: BanEnd::Unknown,
            };
        };
        let began = self.began(times.banned_at, times.ban_seconds, times.until);
        let end = match began {
            _ if times.ban_seconds < 0 => BanEnd::Never,
            Some(began) => BanEnd::At(began.plus_seconds(times.ban_seconds)),
            None => BanEnd::Unknown,
        };
        Row {
            subject,
            banned_at: began,
            end,
        }
    }

    /// An hour that the end of summer time repeats is told by the end of the ban, which is the stated seconds away; where that is repeated
    /// too, it is the later of the two hours that is not in the future, as no ban begins there.
    fn began(
        &self,
        banned_at: DateTime,
        seconds: i64,
        until: Option<DateTime>,
    ) -> Option<Timestamp> {
        let (earlier, later) = self.both(banned_at)?;
        if earlier == later {
            return Some(earlier);
        }
        if let Some((first, second)) = until.and_then(|until| self.both(until)) {
            let fits = |began: Timestamp| {
                let end = began.plus_seconds(seconds);
                end == first || end == second
            };
            match (fits(earlier), fits(later)) {
                (true, false) => return Some(earlier),
                (false, true) => return Some(later),
                _ => {}
            }
        }
        Some(if later <= self.now { later } else { earlier })
    }

    /// The one or two moments that a clock on the wall shows as `time`.
    fn both(&self, time: DateTime) -> Option<(Timestamp, Timestamp)> {
        let ambiguous = self.zone.to_ambiguous_timestamp(time);
        Some((
            ambiguous.earlier().ok()?.into(),
            ambiguous.later().ok()?.into(),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(now: &str, row: &str) -> (String, String) {
        let now: jiff::Timestamp = now.parse().unwrap();
        let times = LocalTimes {
            zone: TimeZone::get("Europe/Berlin").unwrap(),
            now: now.into(),
        };
        let row = times.row(BannedRow::parse(row));
        let end = match row.end {
            BanEnd::At(moment) => moment.to_string(),
            other => format!("{other:?}"),
        };
        (
            row.banned_at.map_or_else(String::new, |t| t.to_string()),
            end,
        )
    }

    #[test]
    fn row_in_summer_is_two_hours_before_utc() {
        assert_eq!(
            read(
                "2026-07-01T12:00:00Z",
                "192.0.2.1 \t2026-07-01 12:00:00 + 600 = 2026-07-01 12:10:00"
            ),
            (
                "2026-07-01T10:00:00.000Z".to_owned(),
                "2026-07-01T10:10:00.000Z".to_owned()
            )
        );
    }

    #[test]
    fn row_across_the_end_of_summer_time_lasts_its_seconds() {
        // 01:30 is once, three hours later the clock shows 03:30 instead of 04:30.
        assert_eq!(
            read(
                "2026-10-25T00:00:00Z",
                "192.0.2.1 \t2026-10-25 01:30:00 + 10800 = 2026-10-25 03:30:00"
            )
            .1,
            "2026-10-25T02:30:00.000Z"
        );
    }

    #[test]
    fn row_in_the_repeated_hour_is_told_by_its_end() {
        let first = "192.0.2.1 \t2026-10-25 02:30:00 + 7200 = 2026-10-25 03:30:00";
        let second = "192.0.2.1 \t2026-10-25 02:30:00 + 7200 = 2026-10-25 04:30:00";
        let now = "2026-10-26T00:00:00Z";
        assert_eq!(read(now, first).0, "2026-10-25T00:30:00.000Z");
        assert_eq!(read(now, second).0, "2026-10-25T01:30:00.000Z");
    }

    #[test]
    fn row_wholly_in_the_repeated_hour_does_not_begin_in_the_future() {
        let row = "192.0.2.1 \t2026-10-25 02:30:00 + 60 = 2026-10-25 02:31:00";
        assert_eq!(
            read("2026-10-25T00:40:00Z", row).0,
            "2026-10-25T00:30:00.000Z"
        );
        assert_eq!(
            read("2026-10-25T01:40:00Z", row).0,
            "2026-10-25T01:30:00.000Z"
        );
    }

    #[test]
    fn row_without_an_end_never_ends_and_one_without_times_is_kept() {
        let (_, end) = read(
            "2026-07-01T12:00:00Z",
            "192.0.2.1 \t2026-07-01 12:00:00 + -1 = 9999-12-31 23:59:59",
        );
        assert_eq!(end, "Never");
        assert_eq!(
            read("2026-07-01T12:00:00Z", "nonsense"),
            (String::new(), "Unknown".to_owned())
        );
    }
}
