//! Why a ban ended: the log says only that it did.
use std::time::Duration;

use domain::{BanEnd, Origin, Timestamp, UnbanCause};

use super::{
    FRESH_MILLIS, Machine,
    key_state::{Open, Step, StepKind, Stop},
};
use crate::hear::facts::{Answer, Key, LogState, Now, Place};

/// fail2ban looks for bans that are over about once a second, and its times are whole seconds: an unban so little before the end is its end.
const EARLY_MILLIS: i64 = 1_000;

/// How long an unban before its time waits for the line that its jail stopped, which comes after all its unbans.
const STOP_WAIT: Duration = Duration::from_millis(1_500);

/// How long an unban waits for the database's answer.
const ANSWER_WAIT: Duration = Duration::from_secs(5);

/// How a ban ended.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ended {
    pub(super) at: Timestamp,
    pub(super) cause: UnbanCause,
    pub(super) place: Option<Place>,
}

/// The end of a ban whose reason is looked for.
#[derive(Debug, Clone, Copy)]
struct End {
    at: Timestamp,
    /// When it was heard.
    since: Duration,
    stop: Stop,
    /// When the ban would have ended by itself.
    due: BanEnd,
    forced: bool,
}

/// Whether a ban with this end was over, give or take.
fn is_over(end: BanEnd, at: Timestamp, early: i64) -> bool {
    matches!(end, BanEnd::At(end) if at.millis_since(end) >= -early)
}

impl Machine {
    pub(super) fn decide_unban(
        &mut self,
        key: &Key,
        mut step: Step,
        now: Now,
        forced: bool,
    ) -> Option<Step> {
        if self.is_told_end(key, step.at) {
            return None;
        }
        if let Some(cause) = self.cause(key, &mut step, now, forced) {
            let open = self.state(key).open.take();
            let open = open.unwrap_or_else(|| Open::new(step.at, Origin::Detected));
            if cause == UnbanCause::Flushed {
                self.state(key).flushed = Some(Box::new(open.clone()));
            }
            let (at, place) = (step.at, Some(step.place));
            self.tell_unban(key, &open, Ended { at, cause, place });
            None
        } else {
            Some(step)
        }
    }

    /// The socket had shown the end before the log did.
    fn is_told_end(&mut self, key: &Key, at: Timestamp) -> bool {
        const SAME_MILLIS: i64 = 60_000;
        let state = self.state(key);
        state.open.is_none()
            && state
                .closed
                .is_some_and(|told| (-1_000..=SAME_MILLIS).contains(&at.millis_since(told)))
    }

    /// `None` while it has to wait.
    fn cause(&mut self, key: &Key, step: &mut Step, now: Now, forced: bool) -> Option<UnbanCause> {
        let open = self.state(key).open.as_ref();
        let known_end = open.map_or(BanEnd::Unknown, |open| open.end);
        let began = open.map(|open| open.began.unwrap_or(open.at));
        let StepKind::Unban {
            stop,
            asked,
            answer,
        } = &mut step.kind
        else {
            return Some(UnbanCause::Unknown);
        };
        if self.orders.has_unban(key, began, step.at) {
            return Some(UnbanCause::ByHand);
        }
        if is_over(known_end, step.at, 0) {
            return Some(UnbanCause::Expired);
        }
        if *stop == Stop::Daemon && self.stopping_or_known(known_end) {
            return Some(UnbanCause::Flushed);
        }
        if !now.database {
            *answer = Some(Answer::NoDatabase);
        }
        let around = *stop;
        if let Some(answer) = *answer {
            let end = End {
                at: step.at,
                since: step.since,
                stop: around,
                due: known_end,
                forced,
            };
            return self.by_answer(key, answer, end, now);
        }
        let since = *asked.get_or_insert_with(|| {
            self.asks.push_back(key.clone());
            now.elapsed
        });
        let late = forced || now.elapsed.saturating_sub(since) >= ANSWER_WAIT;
        late.then_some(match around {
            Stop::None => UnbanCause::Unknown,
            Stop::Jail | Stop::Daemon => UnbanCause::Flushed,
        })
    }

    fn by_answer(&mut self, key: &Key, answer: Answer, end: End, now: Now) -> Option<UnbanCause> {
        // A stop ends also what would have ended a moment later, and restores it after.
        let early = if end.stop == Stop::None {
            EARLY_MILLIS
        } else {
            0
        };
        match answer {
            Answer::NoDatabase if is_over(end.due, end.at, early) => {
                return Some(UnbanCause::Expired);
            }
            Answer::Deleted => return self.deleted(key, end, now),
            Answer::There { began, .. }
                if began > end.at && end.stop == Stop::None && self.is_without_row(key) =>
            {
                return self.by_next(key, end, now);
            }
            Answer::There {
                began,
                seconds: Some(seconds),
            } if seconds >= 0
                && began <= end.at
                && is_over(BanEnd::At(began.plus_seconds(seconds)), end.at, early) =>
            {
                return Some(UnbanCause::Expired);
            }
            _ => {}
        }
        if end.stop != Stop::None {
            return Some(UnbanCause::Flushed);
        }
        let live = now.log == LogState::AtEnd;
        let waited = now.elapsed.saturating_sub(end.since) >= STOP_WAIT;
        (end.forced || live && waited).then(|| before_its_time(answer, end.due, end.at))
    }

    /// An unban by hand deletes all rows of the subject, also those of bans that had ended before. So when it is read late, only the last unban is known as the one by hand.
    fn deleted(&mut self, key: &Key, end: End, now: Now) -> Option<UnbanCause> {
        let is_late = now.clock.millis_since(end.at) > FRESH_MILLIS;
        let is_ban = |step: &Step| matches!(step.kind, StepKind::Ban { .. });
        if end.stop == Stop::Daemon || is_late && end.stop == Stop::Jail {
            Some(UnbanCause::Flushed)
        } else if !is_late {
            Some(UnbanCause::ByHand)
        } else if end.forced || self.state(key).queue.iter().any(is_ban) {
            Some(UnbanCause::Unknown)
        } else {
            (now.log != LogState::Behind).then_some(UnbanCause::ByHand)
        }
    }

    /// The row of this ban is gone, and there are later ones: where the next ban has its row, only the end of this one can have deleted it.
    fn by_next(&mut self, key: &Key, end: End, now: Now) -> Option<UnbanCause> {
        let queue = &self.state(key).queue;
        let has_row = queue.iter().find_map(|step| match &step.kind {
            StepKind::Ban { row, .. } => Some(row.is_some()),
            StepKind::Unban { .. } => Some(false),
            StepKind::Restored => None,
        });
        match has_row {
            Some(true) => Some(UnbanCause::ByHand),
            Some(false) => Some(UnbanCause::Unknown),
            None => (end.forced || now.log != LogState::Behind).then_some(UnbanCause::Unknown),
        }
    }

    fn is_without_row(&mut self, key: &Key) -> bool {
        let open = self.state(key).open.as_ref();
        open.is_some_and(|open| !open.full)
    }

    /// While the daemon stops, the end that is known suffices: asking the database for each of many bans would only cost time.
    const fn stopping_or_known(&self, end: BanEnd) -> bool {
        self.stopping || !matches!(end, BanEnd::Unknown)
    }
}

/// A ban that ended before its time, not by hand and not by a stop: a person gave its jail another ban time, which fail2ban applies to bans in force.
fn before_its_time(answer: Answer, known_end: BanEnd, at: Timestamp) -> UnbanCause {
    match (answer, known_end) {
        (Answer::There { began, .. }, BanEnd::At(_)) if began <= at => UnbanCause::Expired,
        _ => UnbanCause::Unknown,
    }
}
