//! Bans of single subjects in a range.
use domain::StorageError;

use super::{
    in_network,
    moment::Moment,
    places::Window,
    selection::Selection,
    subject::Columns,
    subjects, time,
    top_subjects::{Sums, bans_in_all, each_banned},
};

/// A span of the lowest level in milliseconds.
const LENGTH: i64 = time::SPAN * time::QUARTER;
/// Up to so many bans at the ends of a range they are counted one by one: 1 ms.
const FEW: u64 = 4_000;

/// A range as whole spans, whose bans are kept with each subject, and the rest at its ends, whose bans are counted.
pub(super) struct Stretch {
    first: i64,
    last: i64,
    rest: [Window; 2],
    /// The bans at the ends by subject, once they have been counted.
    ends: Option<Sums>,
}

impl Stretch {
    pub(super) fn new(from: i64, until: i64) -> Self {
        let first = time::span(from, 0) + i64::from(from.rem_euclid(LENGTH) != 0);
        let last = time::span(until, 0);
        let rest = if first >= last {
            [Window::between(from, until), Window::between(until, until)]
        } else {
            [
                Window::between(from, first * LENGTH),
                Window::between(last * LENGTH, until),
            ]
        };
        Self {
            first,
            last,
            rest,
            ends: None,
        }
    }

    /// Counts what is at the ends for all subjects together, when that is little: asked for one after another, it took half the time of an answer.
    pub(super) fn count_ends(
        &mut self,
        moment: &Moment<'_>,
        selection: &Selection,
    ) -> Result<(), StorageError> {
        let mut bans = 0;
        for rest in &self.rest {
            bans += bans_in_all(moment, &Selection::default(), rest.from, rest.until)?;
        }
        if bans > FEW {
            return Ok(());
        }
        let mut sums = Sums::default();
        for rest in &self.rest {
            each_banned(moment, selection, rest.from, rest.until, |subject| {
                *sums.entry(subject).or_default() += 1;
            })?;
        }
        self.ends = Some(sums);
        Ok(())
    }

    /// Whether there may be bans of which only events tell, which were forgotten.
    pub(super) fn may_lack(&self, selection: &Selection, forgotten_before: Option<i64>) -> bool {
        let is_before = |window: &Window| {
            window.from < window.until
                && forgotten_before.is_some_and(|before| window.from < before)
        };
        let whole = Window::between(self.first * LENGTH, self.last * LENGTH);
        self.rest.iter().any(is_before) || (selection.has_places() && is_before(&whole))
    }

    fn at_ends(
        &self,
        moment: &Moment<'_>,
        subject: &Columns,
        selection: &Selection,
    ) -> Result<u64, StorageError> {
        if let Some(ends) = &self.ends {
            return Ok(ends.get(subject).copied().unwrap_or_default());
        }
        let rest = self.rest.iter().filter(|rest| rest.from < rest.until);
        rest.map(|window| in_network::count_of(moment, subject, selection, window))
            .sum()
    }

    /// The selected bans of a subject.
    pub(super) fn bans_of(
        &self,
        moment: &Moment<'_>,
        subject: &Columns,
        selection: &Selection,
    ) -> Result<u64, StorageError> {
        let at_ends = self.at_ends(moment, subject, selection)?;
        if self.first >= self.last {
            return Ok(at_ends);
        }
        let spans = self.first..self.last;
        let window = Window::between(spans.start * LENGTH, spans.end * LENGTH);
        let kept = subjects::bans(moment, subject, selection, &spans)?;
        let recent = moment.recent().count_of(subject, selection, &window);
        let mut bans = at_ends + kept.bans + recent;
        if !kept.moved.is_empty() {
            let moved = Selection {
                jails: Some(kept.moved),
                ..selection.clone()
            };
            bans += in_network::count_in_tables(moment, subject, &moved, &window)?;
        }
        Ok(bans)
    }
}
