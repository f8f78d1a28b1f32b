//! Ranges as whole spans, whose bans are kept with each subject, and what their ends are off by, which is counted.
use std::{
    ops::ControlFlow::{Break, Continue},
    sync::Arc,
};

use domain::StorageError;
use rusqlite::Connection;

use super::{
    in_network,
    moment::Moment,
    places::Window,
    remembered::Bytes,
    selection::Selection,
    subject::Columns,
    subjects::Kept,
    time,
    top_subjects::{Banned, each_in_tables},
};

/// A span of the lowest level in milliseconds.
const LENGTH: i64 = time::SPAN * time::QUARTER;
/// Of a span with more bans each subject is asked for: to read so many takes a millisecond, and 150 kilobytes.
pub(super) const MOST: usize = 3_000;

/// The bans of a span in the tables, by subject; `None` when there are too many.
pub(super) struct OfSpan(Option<Vec<Banned>>);

impl OfSpan {
    pub(super) fn read(connection: &Connection, span: i64) -> Result<Self, StorageError> {
        let mut bans = Vec::new();
        let range = (span * LENGTH, (span + 1) * LENGTH);
        each_in_tables(connection, &Selection::default(), range, |banned| {
            bans.push(banned);
            if bans.len() <= MOST {
                Continue(())
            } else {
                Break(())
            }
        })?;
        if bans.len() > MOST {
            return Ok(Self(None));
        }
        bans.sort_unstable();
        bans.shrink_to_fit();
        Ok(Self(Some(bans)))
    }
}

impl Bytes for OfSpan {
    fn bytes(&self) -> usize {
        let bans = self.0.as_ref().map_or(0, Vec::capacity);
        bans * size_of::<Banned>()
    }
}

/// A moment at an end of a range, and the begin of a span near it.
struct Cut {
    at: i64,
    span: i64,
    /// The bans of the span in which both lie, if they were looked at.
    bans: Option<Arc<OfSpan>>,
}

impl Cut {
    const fn at(at: i64, span: i64) -> Self {
        Self {
            at,
            span,
            bans: None,
        }
    }

    /// With the nearest span.
    const fn nearest(at: i64) -> Self {
        Self::at(at, time::span(at + LENGTH / 2, 0))
    }

    /// The first moment of a range. Where the events between it and the nearest span were forgotten, what is kept cannot be put right by them: it is the
    /// first span that lies in the range.
    fn first(at: i64, forgotten_before: Option<i64>) -> Self {
        let nearest = Self::nearest(at);
        if !nearest.lacks(forgotten_before) {
            return nearest;
        }
        let span = time::span(at, 0);
        Self::at(at, span + i64::from(span * LENGTH < at))
    }

    /// The end of a range with this first moment; likewise no span that the range has not.
    fn end(first: &Self, at: i64, forgotten_before: Option<i64>) -> Self {
        let nearest = Self::nearest(at);
        let end = if nearest.lacks(forgotten_before) {
            Self::at(at, time::span(at, 0))
        } else {
            nearest
        };
        // Within one span there is no whole one, and from both ends is counted until its end.
        Self::at(at, end.span.max(first.span))
    }

    /// Whether events of its window may have been forgotten.
    fn lacks(&self, forgotten_before: Option<i64>) -> bool {
        let Window { from, until, .. } = self.window();
        from < until && forgotten_before.is_some_and(|before| from < before)
    }

    const fn begin(&self) -> i64 {
        self.span * LENGTH
    }

    /// What lies between.
    fn window(&self) -> Window {
        Window::between(self.begin().min(self.at), self.begin().max(self.at))
    }

    fn look(&mut self, moment: &Moment<'_>) -> Result<(), StorageError> {
        let window = self.window();
        if window.from < window.until {
            self.bans = Some(moment.bans_of_span(time::span(window.from, 0))?);
        }
        Ok(())
    }

    /// The selected bans of a subject in the tables from the moment on until the span begins; less than none when it has begun before.
    fn until_begin(
        &self,
        moment: &Moment<'_>,
        subject: &Columns,
        selection: &Selection,
    ) -> Result<i64, StorageError> {
        let window = self.window();
        if window.from == window.until {
            return Ok(0);
        }
        let bans = match self.bans.as_ref().and_then(|bans| bans.0.as_ref()) {
            Some(bans) => count(bans, subject, selection, &window),
            None => in_network::count_in_tables(moment, subject, selection, &window)?,
        };
        Ok(if self.begin() < self.at {
            0_i64.saturating_sub_unsigned(bans)
        } else {
            0_i64.saturating_add_unsigned(bans)
        })
    }
}

/// How many of a subject's bans are meant, where nothing but jails is selected.
fn count(bans: &[Banned], subject: &Columns, selection: &Selection, window: &Window) -> u64 {
    let first = bans.partition_point(|ban| ban.subject < *subject);
    let of_subject = bans.get(first..).unwrap_or_default().iter();
    let of_subject = of_subject.take_while(|ban| ban.subject == *subject);
    let is_meant = |ban: &&Banned| {
        (window.from..window.until).contains(&ban.at) && selection.has_jail(ban.jail)
    };
    of_subject.filter(is_meant).map(|_| 1).sum()
}

/// A range and the one before it, each with its first moment and its end.
pub(super) struct Cuts {
    before: (Cut, Cut),
    range: (Cut, Cut),
    forgotten_before: Option<i64>,
}

/// One of the two.
#[derive(Clone, Copy)]
pub(super) enum Part {
    Before,
    Range,
}

impl Cuts {
    /// Of events before a moment some may be forgotten.
    pub(super) fn new(
        (before, from, until): (i64, i64, i64),
        forgotten_before: Option<i64>,
    ) -> Self {
        let of = |from, until| {
            let first = Cut::first(from, forgotten_before);
            let end = Cut::end(&first, until, forgotten_before);
            (first, end)
        };
        Self {
            before: of(before, from),
            range: of(from, until),
            forgotten_before,
        }
    }

    /// Looks at the bans of all subjects in the spans that are cut, where these tell enough: asked for one after another, they took half the time of an answer.
    pub(super) fn look_at_ends(
        &mut self,
        moment: &Moment<'_>,
        selection: &Selection,
        part: Part,
    ) -> Result<(), StorageError> {
        if selection.is_narrowed() {
            return Ok(());
        }
        let (first, end) = match part {
            Part::Before => &mut self.before,
            Part::Range => &mut self.range,
        };
        first.look(moment)?;
        end.look(moment)
    }

    /// Whether there may be bans of the range of which only events tell, which were forgotten.
    pub(super) fn may_lack(&self, selection: &Selection) -> bool {
        let (first, end) = &self.range;
        let whole = Cut::at(first.begin(), end.span);
        [first, end]
            .iter()
            .any(|cut| cut.lacks(self.forgotten_before))
            || (selection.has_places() && whole.lacks(self.forgotten_before))
    }

    /// What the tables keep of a subject in whole spans.
    pub(super) fn kept(
        &self,
        moment: &Moment<'_>,
        subject: &Columns,
        selection: &Selection,
    ) -> Result<Kept, StorageError> {
        let parts = [&self.before, &self.range].map(|(first, end)| first.span..end.span);
        Ok(moment.bans_of(subject)?.kept(selection, &parts))
    }

    /// The selected bans of a subject in the tables, of which that is kept.
    pub(super) fn in_tables(
        &self,
        moment: &Moment<'_>,
        (subject, kept): (&Columns, &Kept),
        selection: &Selection,
        part: Part,
    ) -> Result<u64, StorageError> {
        let [kept_before, kept_in_range] = kept.bans;
        let ((first, end), mut bans) = match part {
            Part::Before => (&self.before, kept_before),
            Part::Range => (&self.range, kept_in_range),
        };
        if !kept.moved.is_empty() {
            let moved = Selection {
                jails: Some(kept.moved.clone()),
                ..selection.clone()
            };
            let spans = Window::between(first.begin(), end.begin());
            bans += in_network::count_in_tables(moment, subject, &moved, &spans)?;
        }
        let more = first.until_begin(moment, subject, selection)?;
        let fewer = end.until_begin(moment, subject, selection)?;
        Ok(bans.saturating_add_signed(more - fewer))
    }
}
