//! Ranges of time as people ask for them, and the zone in which their days are meant.
use domain::{TimeRange, TimeZoneName, Timestamp};
use jiff::{ToSpan as _, ZonedDateTime, civil::Date, tz::TimeZone};

/// Milliseconds of a quarter of an hour. Roll-ups know no smaller part, and every zone of our days is a multiple of it away from UTC.
pub(crate) const QUARTER: i64 = 15 * 60 * 1000;
/// Milliseconds of an hour.
pub(crate) const HOUR: i64 = 4 * QUARTER;
/// Milliseconds of 24 hours.
pub(crate) const DAY: i64 = 24 * HOUR;
/// The longest range with two ends, in milliseconds: ten years with their leap days.
pub(crate) const LONGEST: i64 = 3_653 * DAY;
/// The first and the last moment that can be asked for: the years 1970 to 2199.
pub(crate) const ASKABLE: std::ops::Range<i64> = 0..7_258_118_400_000;

/// When, as asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum When {
    /// Not said.
    #[default]
    Anytime,
    /// So long until now.
    Last(Last),
    /// From a moment on.
    From(Timestamp),
    /// Before a moment.
    Until(Timestamp),
    /// Between two.
    Between(TimeRange),
}

/// A length of time that ends now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Last {
    /// Hours of 60 minutes.
    Hours(u16),
    /// Days of the calendar: 23 to 25 hours long.
    Days(u16),
}

/// Why a range cannot be counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum RangeError {
    /// It is longer than [`LONGEST`].
    #[error("a range spans at most 10 years: choose a later `from` or an earlier `until`")]
    TooLong,
    /// It begins at its end or after it.
    #[error("`from` must be earlier than `until`, which is now when it is not said")]
    Backwards,
}

impl RangeError {
    /// The stable identifier on the wire.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::TooLong => "range-too-long",
            Self::Backwards => "range-backwards",
        }
    }
}

impl Last {
    /// The range that ends with the present quarter of an hour.
    pub(crate) fn until_now(self, now: Timestamp, zone: &Zone) -> TimeRange {
        let until = Timestamp::from_millis(quarter(now).as_millis() + QUARTER);
        TimeRange {
            from: self.before(until, zone),
            until,
        }
    }

    fn before(self, until: Timestamp, zone: &Zone) -> Timestamp {
        match self {
            Self::Hours(hours) => until.plus_seconds(-3600 * i64::from(hours)),
            Self::Days(days) => zone.days_before(until, i64::from(days)),
        }
    }
}

/// What is counted when nothing is said.
const USUAL: Last = Last::Hours(24);

impl When {
    /// The range as it was asked for, open where nothing is said. Says nothing of [`Self::Last`], which needs a zone.
    pub(crate) const fn open(self) -> Option<TimeRange> {
        let (from, until) = match self {
            Self::Anytime | Self::Last(_) => return None,
            Self::From(from) => (from, Timestamp::from_millis(ASKABLE.end)),
            Self::Until(until) => (Timestamp::from_millis(ASKABLE.start), until),
            Self::Between(range) => return Some(range),
        };
        Some(TimeRange { from, until })
    }

    /// The range for counting, 24 hours when nothing is said. Its ends are moved outwards to full quarters of an hour.
    ///
    /// # Errors
    /// [`RangeError`].
    pub(crate) fn counted(self, now: Timestamp, zone: &Zone) -> Result<TimeRange, RangeError> {
        let range = match self {
            Self::Anytime => USUAL.until_now(now, zone),
            Self::Last(last) => last.until_now(now, zone),
            Self::From(from) => TimeRange {
                from,
                until: Timestamp::from_millis(quarter(now).as_millis() + QUARTER),
            },
            Self::Until(until) => TimeRange {
                from: USUAL.before(until, zone),
                until,
            },
            Self::Between(range) => range,
        };
        checked(range)?;
        Ok(TimeRange {
            from: quarter(range.from),
            until: quarter(Timestamp::from_millis(
                range.until.as_millis() + QUARTER - 1,
            )),
        })
    }
}

/// A range that has a beginning before its end, and is not too long.
///
/// # Errors
/// [`RangeError`].
pub(crate) const fn checked(range: TimeRange) -> Result<TimeRange, RangeError> {
    let length = range.until.millis_since(range.from);
    if length <= 0 {
        return Err(RangeError::Backwards);
    }
    if length > LONGEST {
        return Err(RangeError::TooLong);
    }
    Ok(range)
}

/// The beginning of the quarter of an hour.
pub(crate) const fn quarter(at: Timestamp) -> Timestamp {
    let millis = at.as_millis();
    Timestamp::from_millis(millis - millis.rem_euclid(QUARTER))
}

/// A time zone.
#[derive(Debug, Clone)]
pub(crate) struct Zone {
    zone: TimeZone,
    name: String,
}

impl Zone {
    /// The zone of a name. The names were checked when they were set; one that the database has lost since counts as UTC.
    pub(crate) fn of(name: &TimeZoneName) -> Self {
        TimeZone::get(name.as_str()).map_or_else(
            |_| Self {
                zone: TimeZone::UTC,
                name: TimeZoneName::utc().into(),
            },
            |zone| Self {
                zone,
                name: name.as_str().to_owned(),
            },
        )
    }

    /// Its name.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The local time of a moment; the epoch's for moments beyond the calendar, which nobody can ask for.
    pub(crate) fn local(&self, at: Timestamp) -> ZonedDateTime {
        jiff::Timestamp::from_millisecond(at.as_millis())
            .unwrap_or(jiff::Timestamp::UNIX_EPOCH)
            .to_zoned_datetime(self.zone.clone())
    }

    /// The first moment of a day.
    pub(crate) fn start_of(&self, day: Date) -> Option<Timestamp> {
        let midnight = day.to_zoned_datetime(self.zone.clone()).ok()?;
        Some(midnight.start_of_day().ok()?.timestamp().into())
    }

    /// The same local time so many days of the calendar before, as a full quarter of an hour.
    pub(crate) fn days_before(&self, at: Timestamp, days: i64) -> Timestamp {
        let earlier = self.local(at).checked_sub(days.days());
        quarter(earlier.map_or_else(
            |_| at.plus_seconds(-86_400 * days),
            |earlier| earlier.timestamp().into(),
        ))
    }

    /// How many days of the calendar a range is long, where it begins and ends at the same local time.
    pub(crate) fn whole_days(&self, range: TimeRange) -> Option<i64> {
        let (from, until) = (self.local(range.from), self.local(range.until));
        if from.time() != until.time() {
            return None;
        }
        let days = until.date().since(from.date()).ok()?.get_days();
        (days > 0).then(|| i64::from(days))
    }
}

#[cfg(test)]
mod tests;
