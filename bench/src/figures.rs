//! Figures and how they are shown.
use std::{fmt, time::Duration};

use crate::Error;

/// Something measured, beside a peer or a limit.
pub(crate) struct Figure {
    what: String,
    value: f64,
    unit: &'static str,
    limit: Option<f64>,
    least: Option<f64>,
    note: String,
}

impl Figure {
    /// A time in milliseconds.
    pub(crate) fn time(what: impl Into<String>, time: Duration) -> Self {
        Self::number(what, millis(time), "ms")
    }

    /// Any number.
    pub(crate) fn number(what: impl Into<String>, value: f64, unit: &'static str) -> Self {
        Self {
            what: what.into(),
            value,
            unit,
            limit: None,
            least: None,
            note: String::new(),
        }
    }

    /// What it may be at most.
    pub(crate) const fn at_most(mut self, limit: f64) -> Self {
        self.limit = Some(limit);
        self
    }

    /// What it must be at least.
    pub(crate) const fn at_least(mut self, least: f64) -> Self {
        self.least = Some(least);
        self
    }

    /// Something to read beside it.
    pub(crate) fn note(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }

    /// Whether it keeps its limit.
    pub(crate) fn holds(&self) -> bool {
        self.limit.is_none_or(|limit| self.value <= limit)
            && self.least.is_none_or(|least| self.value >= least)
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<58} {:>10.3} {:<5}", self.what, self.value, self.unit)?;
        if let Some(limit) = self.limit {
            let verdict = if self.holds() { "holds" } else { "BROKEN" };
            write!(f, " limit {limit} {}: {verdict}", self.unit)?;
        }
        if let Some(least) = self.least {
            let verdict = if self.holds() { "holds" } else { "BROKEN" };
            write!(f, " at least {least} {}: {verdict}", self.unit)?;
        }
        if !self.note.is_empty() {
            write!(f, "  {}", self.note)?;
        }
        Ok(())
    }
}

/// Times of the same thing, done many times.
pub(crate) struct Times(Vec<Duration>);

impl Times {
    pub(crate) fn new(mut times: Vec<Duration>) -> Self {
        times.sort_unstable();
        Self(times)
    }

    /// The time that `per_cent` of the runs did not exceed.
    pub(crate) fn percentile(&self, per_cent: usize) -> Duration {
        let last = self.0.len().saturating_sub(1);
        let place = (self.0.len() * per_cent / 100).min(last);
        self.0.get(place).copied().unwrap_or_default()
    }

    pub(crate) fn median(&self) -> Duration {
        self.percentile(50)
    }

    /// How much of a limit in milliseconds p99 is.
    pub(crate) fn share_of(&self, limit: f64) -> f64 {
        millis(self.percentile(99)) / limit
    }
}

/// How often `b` fits into `a`.
pub(crate) fn ratio(a: Duration, b: Duration) -> f64 {
    a.as_secs_f64() / b.as_secs_f64().max(f64::EPSILON)
}

/// In milliseconds.
pub(crate) fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// How often something is measured at most: what others do on the machine, and what keeps it from running at all, is not BanGUI's.
pub(crate) const ROUNDS: usize = 3;

/// The round that counts, and how far the others were from the limit. They are told too: to leave them out would hide stalls of BanGUI's own that come seldom.
pub(crate) struct Rounds<T> {
    pub(crate) round: T,
    others: Vec<f64>,
}

impl<T> Rounds<T> {
    pub(crate) const fn of(round: T) -> Self {
        Self {
            round,
            others: Vec::new(),
        }
    }

    /// Takes another round, which counts when it is farther below the limit; `share` says how much of its limit a round needed.
    pub(crate) fn add(&mut self, mut next: T, share: impl Fn(&T) -> f64) {
        if share(&next) < share(&self.round) {
            std::mem::swap(&mut next, &mut self.round);
        }
        self.others.push(share(&next));
    }

    /// The others, to be read behind a note; empty when there are none.
    pub(crate) fn others(&self) -> String {
        if self.others.is_empty() {
            return String::new();
        }
        let others: Vec<String> = self
            .others
            .iter()
            .map(|share| format!("{share:.1}"))
            .collect();
        format!("; other rounds {} times the limit", others.join(" and "))
    }
}

/// The quietest round, after which there is none when it keeps the limit, and what to say of the others.
pub(crate) async fn quietest<T>(
    share: impl Fn(&T) -> f64,
    mut round: impl AsyncFnMut() -> Result<T, Error>,
) -> Result<(T, String), Error> {
    let mut rounds = Rounds::of(round().await?);
    for _ in 1..ROUNDS {
        if share(&rounds.round) <= 1.0 {
            break;
        }
        rounds.add(round().await?, &share);
    }
    let others = rounds.others();
    Ok((rounds.round, others))
}
