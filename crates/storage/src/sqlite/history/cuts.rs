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
/// Of a span with more bans each subject is asked for: to read so many takes two milliseconds, and 300 kilobytes.
const MOST: usize = 6_000;

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

/// A moment, and the span whose begin is nearest to it.
struct Cut {
    at: i64,
    span: i64,
    /// The bans of the span in which both lie, if they were looked at.
    bans: Option<Arc<OfSpan>>,
}

impl Cut {
    const fn new(at: i64) -> Self {
        Self {
            at,
            span: time::span(at + LENGTH / 2, 0),
            bans: None,
        }
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

/// A range and the one before it.
pub(super) struct Cuts {
    before: Cut,
    from: Cut,
    until: Cut,
}

/// One of the two.
#[derive(Clone, Copy)]
pub(super) enum Part {
    Before,
    Range,
}

impl Cuts {
    pub(super) const fn new((before, from, until): (i64, i64, i64)) -> Self {
        Self {
            before: Cut::new(before),
            from: Cut::new(from),
            until: Cut::new(until),
        }
    }

    /// Looks at the bans of all subjects in the spans that are cut, where these tell enough: asked for one after another, they took half the time of an answer.
    pub(super) fn look_at_ends(
        &mut self,
        moment: &Moment<'_>,
        selection: &Selection,
    ) -> Result<(), StorageError> {
        if selection.is_narrowed() {
            return Ok(());
        }
        let mut ends = [&mut self.before, &mut self.from, &mut self.until].into_iter();
        ends.try_for_each(|end| end.look(moment))
    }

    /// Whether there may be bans of the range of which only events tell, which were forgotten.
    pub(super) fn may_lack(&self, selection: &Selection, forgotten_before: Option<i64>) -> bool {
        let is_before = |window: &Window| {
            window.from < window.until
                && forgotten_before.is_some_and(|before| window.from < before)
        };
        let whole = Window::between(self.from.begin(), self.until.begin());
        is_before(&self.from.window())
            || is_before(&self.until.window())
            || (selection.has_places() && is_before(&whole))
    }

    /// What the tables keep of a subject in whole spans.
    pub(super) fn kept(
        &self,
        moment: &Moment<'_>,
        subject: &Columns,
        selection: &Selection,
    ) -> Result<Kept, StorageError> {
        let parts = [
            self.before.span..self.from.span,
            self.from.span..self.until.span,
        ];
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
        let (from, until, mut bans) = match part {
            Part::Before => (&self.before, &self.from, kept_before),
            Part::Range => (&self.from, &self.until, kept_in_range),
        };
        if !kept.moved.is_empty() {
            let moved = Selection {
                jails: Some(kept.moved.clone()),
                ..selection.clone()
            };
            let spans = Window::between(from.begin(), until.begin());
            bans += in_network::count_in_tables(moment, subject, &moved, &spans)?;
        }
        let more = from.until_begin(moment, subject, selection)?;
        let fewer = until.until_begin(moment, subject, selection)?;
        Ok(bans.saturating_add_signed(more - fewer))
    }
}
