//! Why a ban ended: the log says only that it did.
use std::time::Duration;

use domain::{BanEnd, Origin, Timestamp, UnbanCause};

use super::{
    Ended, Machine,
    key_state::{Open, Step, StepKind},
};
use crate::hear::facts::{Answer, Key, LogState, Now};

/// fail2ban looks for bans that are over about once a second, and its times are whole seconds: an unban so little before the end is its end.
const EARLY_MILLIS: i64 = 1_000;

/// How long an unban before its time waits for the line that its jail stopped, which comes after all its unbans.
const STOP_WAIT: Duration = Duration::from_millis(1_500);

/// How long an unban waits for the database's answer.
const ANSWER_WAIT: Duration = Duration::from_secs(5);

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
        let ordered = self.orders.has_unban(key, step.at);
        let StepKind::Unban {
            flushed,
            asked,
            answer,
        } = &mut step.kind
        else {
            return Some(UnbanCause::Unknown);
        };
        let is_over = |end: BanEnd| matches!(end, BanEnd::At(end) if step.at.millis_since(end) >= -EARLY_MILLIS);
        if ordered {
            return Some(UnbanCause::ByHand);
        }
        if is_over(known_end) {
            return Some(UnbanCause::Expired);
        }
        if *flushed && self.stopping_or_known(known_end) {
            return Some(UnbanCause::Flushed);
        }
        if !now.database {
            *answer = Some(Answer::NoDatabase);
        }
        let Some(answer) = *answer else {
            let since = *asked.get_or_insert_with(|| {
                self.asks.push_back(key.clone());
                now.elapsed
            });
            let late = forced || now.elapsed.saturating_sub(since) >= ANSWER_WAIT;
            return late.then_some(if *flushed {
                UnbanCause::Flushed
            } else {
                UnbanCause::Unknown
            });
        };
        let by_row = match answer {
            Answer::Deleted => return Some(UnbanCause::ByHand),
            Answer::There {
                began,
                seconds: Some(seconds),
            } if seconds >= 0 && began <= step.at => {
                is_over(BanEnd::At(began.plus_seconds(seconds)))
            }
            _ => false,
        };
        if by_row {
            return Some(UnbanCause::Expired);
        }
        if *flushed {
            return Some(UnbanCause::Flushed);
        }
        let live = now.log == LogState::AtEnd;
        let waited = now.elapsed.saturating_sub(step.since) >= STOP_WAIT;
        if !(forced || live && waited) {
            return None;
        }
        Some(before_its_time(answer, known_end, step.at))
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
