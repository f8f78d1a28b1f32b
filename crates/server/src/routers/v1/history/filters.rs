//! The filters that history, its export and the statistics share: read at the boundary, all that is wrong told at once.
use std::str::FromStr;

use domain::{
    Asn, BanSubject, CountryCode, EventKind, HostId, JailName, Origin, TimeRange, Timestamp,
};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{
    problem::{Code, FieldError, Problem},
    services::history::{
        EventConditions, Filters,
        range::{ASKABLE, Last, RangeError, When, checked},
    },
};

/// The most values of one condition.
const MAX_VALUES: usize = 100;
/// The most characters of an address or another subject.
const MAX_SUBJECT_CHARS: usize = 1_000;

/// Which bans are meant. Conditions are joined by "and", values of one condition by "or".
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(crate) struct FilterParams {
    /// Only of this host; all when it is not said.
    host: Option<String>,
    /// Only from this moment on, in RFC 3339. With `until`, at most ten years before it.
    from: Option<String>,
    /// Only before this moment, in RFC 3339.
    until: Option<String>,
    /// So long until now, instead of `from` and `until`: `24h`, `7d`, `30d` or `365d`. It ends with the present quarter of an hour; days are those of the calendar in the
    /// zone of the settings. When nothing is said, statistics count 24 hours and lists tell everything.
    range: Option<String>,
    /// Only in this jail; may be given more than once.
    #[serde(default)]
    jail: Vec<String>,
    /// Only from this country by its two letters, `ZZ` for unknown; may be given more than once.
    #[serde(default)]
    country: Vec<String>,
    /// Only from the network (autonomous system) of this number, 0 for unknown; may be given more than once.
    #[serde(default)]
    asn: Vec<String>,
    /// Only bans made by `detected`, `manual` or `blocklist`; may be given more than once.
    #[serde(default)]
    origin: Vec<String>,
}

/// Which events are meant.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(crate) struct EventParams {
    /// Only `ban`, `unban` or `restored`; may be given more than once.
    #[serde(default)]
    event: Vec<String>,
    /// Only of this address or of the addresses in this network; any other text is meant as exactly this subject.
    address: Option<String>,
}

/// What was not taken, by parameter.
#[derive(Debug, Default)]
pub(crate) struct Refusals(Vec<FieldError>);

impl Refusals {
    /// Notes one.
    pub(crate) fn add(&mut self, field: &str, code: &'static str, message: impl Into<String>) {
        self.0.push(FieldError {
            field: field.to_owned(),
            code,
            message: message.into(),
        });
    }

    /// Notes a problem of one value as it was told elsewhere.
    pub(crate) fn take<T>(&mut self, result: Result<T, FieldError>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(error) => {
                self.0.push(error);
                None
            }
        }
    }

    /// How many lines a list may have.
    pub(crate) fn lines(&mut self, limit: Option<i64>, usual: i64, most: i64) -> usize {
        let limit = limit.unwrap_or(usual);
        if !(1..=most).contains(&limit) {
            self.add(
                "limit",
                "out-of-range",
                format!("a list has 1 to {most} lines"),
            );
        }
        usize::try_from(limit).unwrap_or_default()
    }

    /// The range, if neither it nor anything else was refused.
    ///
    /// # Errors
    /// `invalid`, with all that was refused.
    pub(crate) fn range(
        mut self,
        range: Result<TimeRange, RangeError>,
    ) -> Result<TimeRange, Problem> {
        match range {
            Ok(range) => self.or(range),
            Err(error) => {
                self.add("from", error.code(), error.to_string());
                let refused = TimeRange {
                    from: Timestamp::from_millis(0),
                    until: Timestamp::from_millis(0),
                };
                self.or(refused)
            }
        }
    }

    /// Notes what a problem says was not taken.
    pub(crate) fn join(&mut self, problem: Problem) {
        self.0.extend(problem.into_errors());
    }

    /// The value, if nothing was refused.
    ///
    /// # Errors
    /// `invalid`, with all that was refused.
    pub(crate) fn or<T>(self, value: T) -> Result<T, Problem> {
        if self.0.is_empty() {
            return Ok(value);
        }
        let errors = self.0.into_iter();
        Err(errors.fold(Problem::new(Code::Invalid), Problem::error))
    }

    /// Reads each value; empty ones say nothing.
    fn all<T>(
        &mut self,
        field: &str,
        texts: &[String],
        (code, message): (&'static str, &str),
        read: impl Fn(&str) -> Option<T>,
    ) -> Vec<T> {
        let given: Vec<_> = texts.iter().filter(|text| !text.is_empty()).collect();
        if given.len() > MAX_VALUES {
            self.add(field, "too-many", format!("at most {MAX_VALUES} values"));
            return Vec::new();
        }
        let read: Option<Vec<T>> = given.into_iter().map(|text| read(text)).collect();
        read.unwrap_or_else(|| {
            self.add(field, code, message);
            Vec::new()
        })
    }
}

impl FilterParams {
    /// What it means; what is wrong with it is noted.
    pub(crate) fn read(self, refusals: &mut Refusals) -> Filters {
        Filters {
            host: refusals
                .all(
                    "host",
                    self.host.as_slice(),
                    ("not-a-host", "write the name of a host, such as local"),
                    |text| HostId::from_str(text).ok(),
                )
                .pop(),
            when: when(
                said(self.range).as_deref(),
                said(self.from),
                said(self.until),
                refusals,
            ),
            jails: refusals.all(
                "jail",
                &self.jail,
                ("not-a-jail", "write the name of a jail, such as sshd"),
                |text| JailName::from_str(text).ok(),
            ),
            countries: refusals.all(
                "country",
                &self.country,
                (
                    "not-a-country",
                    "write two letters, such as DE, or ZZ for unknown",
                ),
                |text| CountryCode::new(text).ok(),
            ),
            asns: refusals.all(
                "asn",
                &self.asn,
                (
                    "not-a-network",
                    "write the number of an autonomous system, such as 64496, or 0 for unknown",
                ),
                |text| text.parse().ok().map(Asn),
            ),
            origins: refusals.all(
                "origin",
                &self.origin,
                ("not-an-origin", "write detected, manual or blocklist"),
                |text| match text {
                    "detected" => Some(Origin::Detected),
                    "manual" => Some(Origin::Manual),
                    "blocklist" => Some(Origin::Blocklist),
                    _ => None,
                },
            ),
        }
    }
}

impl EventParams {
    /// What it means; what is wrong with it is noted.
    pub(crate) fn read(self, refusals: &mut Refusals) -> EventConditions {
        let kinds = refusals.all(
            "event",
            &self.event,
            ("not-an-event", "write ban, unban or restored"),
            |text| match text {
                "ban" => Some(EventKind::Ban),
                "unban" => Some(EventKind::Unban),
                "restored" => Some(EventKind::Restored),
                _ => None,
            },
        );
        let subject = said(self.address).and_then(|text| refusals.take(subject("address", &text)));
        let (network, other_subject) = match subject {
            None => (None, None),
            Some(BanSubject::Network(network)) => (Some(network), None),
            Some(BanSubject::Other(text)) => (None, Some(text)),
        };
        EventConditions {
            kinds,
            network,
            other_subject,
        }
    }
}

/// Anything that can be banned.
///
/// # Errors
/// When it is longer than any subject is.
pub(crate) fn subject(field: &str, text: &str) -> Result<BanSubject, FieldError> {
    if text.chars().count() > MAX_SUBJECT_CHARS {
        return Err(FieldError {
            field: field.to_owned(),
            code: "too-long",
            message: format!("at most {MAX_SUBJECT_CHARS} characters"),
        });
    }
    Ok(BanSubject::from_daemon(text))
}

fn said(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.is_empty())
}

fn when(
    range: Option<&str>,
    from: Option<String>,
    until: Option<String>,
    refusals: &mut Refusals,
) -> When {
    if range.is_some() && (from.is_some() || until.is_some()) {
        let message = "write either range, or from and until";
        refusals.add("range", "two-ranges", message);
        return When::Anytime;
    }
    if let Some(range) = range {
        let last = refusals.take(last(range));
        return last.map_or(When::Anytime, When::Last);
    }
    let mut read =
        |field, text: Option<String>| text.and_then(|text| refusals.take(moment(field, &text)));
    match (read("from", from), read("until", until)) {
        (None, None) => When::Anytime,
        (Some(from), None) => When::From(from),
        (None, Some(until)) => When::Until(until),
        (Some(from), Some(until)) => match checked(TimeRange { from, until }) {
            Ok(range) => When::Between(range),
            Err(error) => {
                refusals.add("from", error.code(), error.to_string());
                When::Anytime
            }
        },
    }
}

fn last(text: &str) -> Result<Last, FieldError> {
    match text {
        "24h" => Ok(Last::Hours(24)),
        "7d" => Ok(Last::Days(7)),
        "30d" => Ok(Last::Days(30)),
        "365d" => Ok(Last::Days(365)),
        _ => Err(FieldError {
            field: "range".to_owned(),
            code: "not-a-range",
            message: "write 24h, 7d, 30d or 365d, or use from and until".to_owned(),
        }),
    }
}

/// A moment of our days.
///
/// # Errors
/// What to write instead.
pub(crate) fn moment(field: &str, text: &str) -> Result<Timestamp, FieldError> {
    let wrong = |code, message: &str| FieldError {
        field: field.to_owned(),
        code,
        message: message.to_owned(),
    };
    let moment: jiff::Timestamp = text.parse().map_err(|_| {
        wrong(
            "not-a-moment",
            "write a moment in RFC 3339, such as 2026-11-23T17:57:03Z",
        )
    })?;
    let moment = Timestamp::from(moment);
    if ASKABLE.contains(&moment.as_millis()) {
        return Ok(moment);
    }
    Err(wrong(
        "out-of-range",
        "write a moment of the years 1970 to 2199",
    ))
}

#[cfg(test)]
mod tests;
