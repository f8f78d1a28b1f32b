//! Active bans with their times.

use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};

use crate::Subject;

/// One active ban of a jail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BannedRow {
    /// Who is banned.
    pub subject: Subject,
    /// From when to when; `None` if the daemon's row could not be read, then the subject is the row.
    pub times: Option<BanTimes>,
}

/// When a ban began and ends, in the daemon's local time: it prints no zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct BanTimes {
    /// When the ban began: the time of the last failure.
    pub banned_at: DateTime,
    /// How long it lasts, in seconds; negative if for ever.
    pub ban_seconds: i64,
    /// When it ends; `None` if never.
    pub until: Option<DateTime>,
}

impl BannedRow {
    /// Reads a row of `get JAIL banip --with-time`: `192.0.2.1 \t2026-11-23 19:05:10 + 3600 = 2026-11-23 20:05:10`.
    ///
    /// Never fails: what is not such a row is kept as its own subject.
    #[must_use]
    pub fn parse(row: &str) -> Self {
        match split(row) {
            Some((subject, times)) => Self {
                subject: Subject::parse(subject),
                times: Some(times),
            },
            None => Self {
                subject: Subject::Other(row.to_owned()),
                times: None,
            },
        }
    }
}

/// A subject may be any text, so the row is read from its end.
fn split(row: &str) -> Option<(&str, BanTimes)> {
    let (subject, times) = row.rsplit_once(" \t")?;
    let (banned_at, rest) = times.split_once(" + ")?;
    let (seconds, until) = rest.split_once(" = ")?;
    let ban_seconds: i64 = seconds.parse().ok()?;
    let until = if ban_seconds < 0 {
        None
    } else {
        Some(until.parse().ok()?)
    };
    Some((
        subject,
        BanTimes {
            banned_at: banned_at.parse().ok()?,
            ban_seconds,
            until,
        },
    ))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn row_of_a_timed_ban_gives_both_times() {
        let row = BannedRow::parse("192.0.2.50 \t2026-11-23 19:08:56 + 3600 = 2026-11-23 20:08:56");
        assert_eq!(row.subject.to_string(), "192.0.2.50");
        assert_eq!(
            row.times,
            Some(BanTimes {
                banned_at: date(2026, 11, 23).at(19, 8, 56, 0),
                ban_seconds: 3600,
                until: Some(date(2026, 11, 23).at(20, 8, 56, 0)),
            })
        );
    }

    #[test]
    fn row_of_a_permanent_ban_has_no_end() {
        let row = BannedRow::parse("2001:db8::1 \t2026-11-23 19:05:10 + -1 = 9999-12-31 23:59:59");
        assert_eq!(
            row.times.map(|times| (times.ban_seconds, times.until)),
            Some((-1, None))
        );
    }

    #[test]
    fn row_of_a_nonsense_subject_keeps_it_with_its_times() {
        let row =
            BannedRow::parse("a \tb + 1 = 2 \t2026-11-23 19:05:10 + 60 = 2026-11-23 19:06:10");
        assert_eq!(row.subject, Subject::Other("a \tb + 1 = 2".to_owned()));
        assert_eq!(row.times.map(|times| times.ban_seconds), Some(60));
        let empty = BannedRow::parse(" \t2026-11-23 19:05:10 + 60 = 2026-11-23 19:06:10");
        assert_eq!(empty.subject, Subject::Other(String::new()));
    }

    #[test]
    fn row_that_cannot_be_read_is_kept_whole() {
        for text in [
            "",
            "192.0.2.1",
            "192.0.2.1 \tyesterday + 60 = today",
            "x \t2026-11-23 19:05:10 + x = y",
        ] {
            let row = BannedRow::parse(text);
            assert_eq!(
                row,
                BannedRow {
                    subject: Subject::Other(text.to_owned()),
                    times: None
                }
            );
        }
    }
}
