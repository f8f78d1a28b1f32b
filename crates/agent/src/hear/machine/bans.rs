//! Bans: a line, a row, or both, become one event.
use std::time::Duration;

use domain::{EventKind, Origin, Timestamp, UnbanCause};

use super::{
    Ended, FRESH_MILLIS, Machine, ROUNDING_MILLIS, ROW_WAIT, Told, fill, is_same_ban,
    key_state::{Open, Step, StepKind},
    may_be_of,
};
use crate::hear::facts::{Key, Line, Now, Place};

impl Machine {
    pub(super) fn ban(&mut self, line: Line, key: &Key, elapsed: Duration) {
        let state = self.state(key);
        if let Some(began) = state.row_told
            && state.queue.is_empty()
            && is_same_ban(line.at, began)
        {
            // Its row came first and was told, with its own time: this is the same ban.
            state.row_told = None;
            return;
        }
        let kind = StepKind::Ban {
            row: self.rows.take(key, |began| may_be_of(began, line.at)),
            count: None,
            seconds: None,
        };
        if let StepKind::Ban { row: Some(row), .. } = &kind {
            self.rows.touch(row.page, line.place);
        }
        self.step(line, key, kind, elapsed);
    }

    /// What is longer than the jail's ban time is in the row too; this is for where there is no database.
    pub(super) fn increased(&mut self, key: &Key, in_all: u32, lasts: i64) {
        let state = self.state(key);
        let waiting = state
            .queue
            .iter_mut()
            .rev()
            .find_map(|step| match &mut step.kind {
                StepKind::Ban { count, seconds, .. } => Some((count, seconds)),
                _ => None,
            });
        if let Some((count, seconds)) = waiting {
            (*count, *seconds) = (Some(in_all), Some(lasts));
            return;
        }
        let Some(open) = state.open.as_mut().filter(|open| !open.full) else {
            return;
        };
        open.full = true;
        open.set_end(lasts);
        let mut event = open.event(key, EventKind::Ban);
        event.ban_count = Some(in_all);
        self.out.event(Told {
            event,
            place: None,
            page: None,
        });
    }

    pub(super) fn decide_ban(
        &mut self,
        key: &Key,
        step: Step,
        now: Now,
        forced: bool,
    ) -> Option<Step> {
        let StepKind::Ban {
            row,
            count,
            seconds,
        } = &step.kind
        else {
            return None;
        };
        if row.is_none() && !forced && self.row_may_come(&step, now) {
            return Some(step);
        }
        self.close_before(key, step.at, Some(step.place));
        self.state(key).flushed = None;
        let ordered = self.orders.origin_of_ban(key, step.at);
        let row = row.as_deref();
        let origin = match (ordered, row) {
            (Some(origin), _) => origin,
            (None, Some(row)) => row.fact.origin(),
            (None, None) => self.origin_by_failures(key),
        };
        let mut open = Open::new(step.at, origin);
        if let Some(seconds) = seconds {
            open.set_end(*seconds);
        }
        if let Some(row) = row {
            open.enrich(&row.fact);
        }
        let mut event = open.event(key, EventKind::Ban);
        event.ban_count = *count;
        if let Some(row) = row {
            fill(&mut event, &row.fact);
        }
        self.out.event(Told {
            event,
            place: Some(step.place),
            page: row.map(|row| row.page),
        });
        self.state(key).open = Some(open);
        None
    }

    fn row_may_come(&self, step: &Step, now: Now) -> bool {
        if !now.database {
            return false;
        }
        // Rows come in the order of bans: one that began later says that this one has none.
        let passed = self
            .row_time
            .is_some_and(|time| time.millis_since(step.at) > ROUNDING_MILLIS);
        let waited = now.elapsed.saturating_sub(step.since) >= ROW_WAIT;
        let old = now.clock.millis_since(step.at) > FRESH_MILLIS;
        if old {
            !passed && !now.rows_at_end
        } else {
            !passed && !waited
        }
    }

    /// Without a row, a ban that no failure led to was made by hand; where failures are not logged at all, nothing can be said.
    fn origin_by_failures(&self, key: &Key) -> Origin {
        if self.logs_failures && !self.failed.contains(key) {
            Origin::Manual
        } else {
            Origin::Detected
        }
    }

    pub(super) fn tell_restored(&mut self, key: &Key, step: &Step) {
        let state = self.state(key);
        let flushed = state.flushed.take();
        let open = state.open.get_or_insert_with(|| {
            flushed.map_or_else(
                || Open {
                    // Its row is of the ban before, which this one goes on with.
                    full: true,
                    ..Open::new(step.at, Origin::Detected)
                },
                |before| *before,
            )
        });
        let mut event = open.event(key, EventKind::Restored);
        event.at = step.at;
        self.out.event(Told {
            event,
            place: Some(step.place),
            page: None,
        });
    }

    /// A ban that begins says that the one before has ended, also where nothing told its end.
    pub(super) fn close_before(&mut self, key: &Key, next: Timestamp, place: Option<Place>) {
        let Some(open) = self.state(key).open.take() else {
            return;
        };
        if let domain::BanEnd::At(end) = open.end
            && end <= next.plus_seconds(1)
            && end > open.at
        {
            let (at, cause) = (end.min(next), UnbanCause::Expired);
            self.tell_unban(key, &open, Ended { at, cause, place });
        } else if open.at < next {
            let (at, cause) = (next, UnbanCause::Unknown);
            self.tell_unban(key, &open, Ended { at, cause, place });
        }
    }

    pub(super) fn tell_unban(&mut self, key: &Key, open: &Open, end: Ended) {
        let mut event = open.event(key, EventKind::Unban);
        event.at = end.at;
        event.cause = Some(end.cause);
        self.out.event(Told {
            event,
            place: end.place,
            page: None,
        });
        self.orders.over(key, end.at);
        self.remember(key, |state| state.closed = Some(end.at));
    }
}
