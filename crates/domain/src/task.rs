//! Periodic work: when it runs, and what came of it.
use std::{borrow::Cow, fmt, str::FromStr};

use jiff::{
    ToSpan as _,
    civil::{Date, Time},
    tz::TimeZone,
};
use serde::{Deserialize, Serialize};

use crate::{TimeZoneName, Timestamp, UserName};

/// Why a name, a time of day or a schedule was not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TaskError {
    /// Not a name.
    #[error("{0:?} is not the name of a task: small letters, digits and hyphens, at most 64")]
    BadName(String),
    /// Not a time of day.
    #[error("{0:?} is not a time of day: write one such as 03:30")]
    BadTimeOfDay(String),
}

/// The name of a task, such as `history-retention`: small letters, digits and hyphens.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TaskName(Cow<'static, str>);

impl TaskName {
    /// The most characters.
    pub const MAX_CHARS: usize = 64;

    /// A name that is written in the program.
    ///
    /// # Panics
    /// Where it is none, which a constant shows when the program is built.
    #[must_use]
    pub const fn of(name: &'static str) -> Self {
        assert!(is_name(name), "small letters, digits and hyphens");
        Self(Cow::Borrowed(name))
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

const fn is_name(text: &str) -> bool {
    let mut rest = text.as_bytes();
    let is_full = !rest.is_empty() && rest.len() <= TaskName::MAX_CHARS;
    while let [first, others @ ..] = rest {
        if !matches!(first, b'a'..=b'z' | b'0'..=b'9' | b'-') {
            return false;
        }
        rest = others;
    }
    is_full
}

impl FromStr for TaskName {
    type Err = TaskError;

    fn from_str(text: &str) -> Result<Self, TaskError> {
        if !is_name(text) {
            let shown = text.chars().take(Self::MAX_CHARS).collect();
            return Err(TaskError::BadName(shown));
        }
        Ok(Self(Cow::Owned(text.to_owned())))
    }
}

impl fmt::Display for TaskName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A time of day, to the minute, as `03:30`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TimeOfDay {
    hour: i8,
    minute: i8,
}

impl TimeOfDay {
    /// A time of day; hours and minutes that there are not are cut to those that there are.
    #[must_use]
    pub const fn new(hour: i8, minute: i8) -> Self {
        const fn within(number: i8, most: i8) -> i8 {
            if number < 0 {
                0
            } else if number > most {
                most
            } else {
                number
            }
        }
        Self {
            hour: within(hour, 23),
            minute: within(minute, 59),
        }
    }

    const fn time(self) -> Time {
        Time::constant(self.hour, self.minute, 0, 0)
    }
}

impl FromStr for TimeOfDay {
    type Err = TaskError;

    fn from_str(text: &str) -> Result<Self, TaskError> {
        let bad = || TaskError::BadTimeOfDay(text.chars().take(16).collect());
        let (hour, minute) = text.split_once(':').ok_or_else(bad)?;
        let number = |digits: &str| match digits.as_bytes() {
            [b'0'..=b'9', b'0'..=b'9'] => digits.parse::<i8>().map_err(|_| bad()),
            _ => Err(bad()),
        };
        let (hour, minute) = (number(hour)?, number(minute)?);
        if hour > 23 || minute > 59 {
            return Err(bad());
        }
        Ok(Self { hour, minute })
    }
}

impl TryFrom<String> for TimeOfDay {
    type Error = TaskError;

    fn try_from(text: String) -> Result<Self, TaskError> {
        text.parse()
    }
}

impl From<TimeOfDay> for String {
    fn from(time: TimeOfDay) -> Self {
        time.to_string()
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.hour, self.minute)
    }
}

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Weekday {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

impl Weekday {
    /// Days after the Monday of the same week.
    const fn offset(self) -> i8 {
        self as i8
    }
}

/// When a task runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum Schedule {
    /// Again so many seconds after it began.
    Every {
        /// The seconds.
        seconds: u32,
    },
    /// Once a day.
    Daily {
        /// In the zone of the settings.
        at: TimeOfDay,
    },
    /// Once a week.
    Weekly {
        /// The day.
        day: Weekday,
        /// In the zone of the settings.
        at: TimeOfDay,
    },
}

impl Schedule {
    /// The first moment after `after` at which it is due.
    ///
    /// A time of day that a change of the clock leaves out comes as much later; one that comes twice counts the first time. Times of day mean those of `zone`.
    #[must_use]
    pub fn next(&self, after: Timestamp, zone: &TimeZoneName) -> Timestamp {
        match *self {
            Self::Every { seconds } => after.plus_seconds(i64::from(seconds)),
            Self::Daily { at } => first_after(after, zone, at, Date::tomorrow, |date| date),
            Self::Weekly { day, at } => first_after(
                after,
                zone,
                at,
                |date| date.checked_add(1.week()),
                |date| {
                    let days = day.offset() - date.weekday().to_monday_zero_offset();
                    date.saturating_add(i64::from(days).days())
                },
            ),
        }
    }
}

/// The first of the days that `later` goes through from `first` on, at a time of day, that is after a moment.
fn first_after(
    after: Timestamp,
    zone: &TimeZoneName,
    at: TimeOfDay,
    later: impl Fn(Date) -> Result<Date, jiff::Error>,
    first: impl FnOnce(Date) -> Date,
) -> Timestamp {
    // A name is only made of a zone that there is.
    let zone = TimeZone::get(zone.as_str()).unwrap_or(TimeZone::UTC);
    // Only the end of all time does not fit.
    let moment =
        jiff::Timestamp::from_millisecond(after.as_millis()).unwrap_or(jiff::Timestamp::MAX);
    let mut date = first(zone.to_datetime(moment).date());
    loop {
        match zone.to_timestamp(date.to_datetime(at.time())) {
            Ok(due) if due > moment => return due.into(),
            _ => {}
        }
        match later(date) {
            Ok(next) => date = next,
            // The end of all time.
            Err(_) => return Timestamp::from_millis(i64::MAX),
        }
    }
}

/// What made a task run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TaskCause {
    /// Its schedule.
    Schedule,
    /// Its schedule, while BanGUI did not run: it was caught up with.
    Missed,
    /// A person, by name at that time.
    Person(UserName),
}

/// What came of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TaskOutcome {
    /// It did what it does, so many times.
    Done {
        /// What it counts, such as rows removed.
        count: u64,
    },
    /// It failed.
    Failed {
        /// Why, in plain words that may be shown.
        problem: String,
    },
    /// It was ended as it took too long.
    TookTooLong,
}

/// A run that has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskRun {
    /// When it began.
    pub began_at: Timestamp,
    /// How many milliseconds it took.
    pub took_ms: u64,
    /// What made it run.
    pub cause: TaskCause,
    /// What came of it.
    pub outcome: TaskOutcome,
}

#[cfg(test)]
mod tests;
