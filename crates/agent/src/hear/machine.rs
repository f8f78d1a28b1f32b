//! The pure heart of hearing: facts of the three sources go in, events come out, each once. No clock, no file, no database.
//!
//! Every subject of a jail has a queue of what the log told and what is not decided yet; only its front is decided, so that what happened to one subject is told in its
//! order. Rows of the database wait for their line; a row without one is told by itself. Decisions that lack a fact wait for it, and not longer than is said here.
mod bans;
mod ends;
mod failed;
mod key_state;
mod listed;
mod orders;
mod out;
mod rows;
mod stops;
#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    time::Duration,
};

use domain::{BanSubject, EventKind, JailName, Timestamp};

pub(crate) use self::listed::Listing;
pub(crate) use self::out::Told;
use self::{
    ends::Ended,
    failed::Failed,
    key_state::{KeyState, PagedRow, Step, StepKind, Stop, give_back},
    listed::{Agreed, Candidates},
    orders::Orders,
    out::Out,
    rows::{PendingRows, fill},
    stops::LastRunning,
};
use super::facts::{Answer, Key, Line, LogFact, LogMemory, Now, Order, Place, RowFact};

/// How long a ban that has just begun waits for its row: the daemon writes it milliseconds later, and a ban has to be seen within half a second.
const ROW_WAIT: Duration = Duration::from_millis(250);

/// A line this old has its row by now, or will never have it.
const FRESH_MILLIS: i64 = 2_000;

/// fail2ban rounds the database's time to seconds, and takes the failure's time, which may be a little ahead of the line's.
const ROUNDING_MILLIS: i64 = 1_000;

/// The most undecided steps; beyond, the oldest are decided with what is known. A daemon that bans a thousand a second has some hundreds.
const MAX_UNDECIDED: usize = 5_000;

/// The machine.
#[derive(Debug, Default)]
pub(crate) struct Machine {
    jails: HashMap<JailName, HashMap<BanSubject, KeyState>>,
    /// The subjects with undecided steps, by the place of their first step.
    undecided: BTreeMap<Place, Key>,
    rows: PendingRows,
    asks: VecDeque<Key>,
    orders: Orders,
    out: Out,
    candidates: Candidates,
    agreed: Agreed,
    failed: Failed,
    /// Subjects of which something is remembered though nothing is open, in the order of remembering.
    remembered: VecDeque<Key>,
    /// Lines of failures are in the log: it has a line of the same level or finer.
    logs_failures: bool,
    /// Unbans are of a daemon that stops.
    stopping: bool,
    last_running: LastRunning,
    /// What began before this was told in an earlier life of this process.
    resumed_until: Option<Timestamp>,
    /// What began before this was told, as a comparison with the daemon's list says.
    agreed_until: Option<Timestamp>,
    /// The time of the last line.
    log_time: Option<Timestamp>,
    /// The latest beginning of a ban among the rows.
    row_time: Option<Timestamp>,
}

impl Machine {
    /// A machine that goes on where an earlier one was.
    pub(crate) fn resume(known_until: Option<Timestamp>, log: LogMemory) -> Self {
        Self {
            resumed_until: known_until,
            stopping: log.stopping,
            logs_failures: log.logs_failures,
            ..Self::default()
        }
    }

    /// What began before this is known.
    pub(crate) fn known_until(&self) -> Option<Timestamp> {
        self.resumed_until
            .max(self.agreed_until)
            .max(self.log_time)
            .max(self.row_time)
    }

    /// The time of the last line of the log.
    pub(crate) const fn log_time(&self) -> Option<Timestamp> {
        self.log_time
    }

    /// Takes a line of the log.
    pub(crate) fn log(&mut self, line: Line, fact: LogFact, elapsed: Duration) {
        self.log_time = self.log_time.max(Some(line.at));
        self.logs_failures |= fact.is_as_fine_as_failures();
        match fact {
            LogFact::Failure { key, at } => self.failure(line, key, at),
            LogFact::Ban(key) => {
                self.last_running.jail(&key.jail, line.place);
                self.ban(line, &key, elapsed);
            }
            LogFact::Restored(key) => {
                self.last_running.jail(&key.jail, line.place);
                self.step(line, &key, StepKind::Restored, elapsed);
            }
            LogFact::Unban(key) => {
                let kind = StepKind::Unban {
                    stop: if self.stopping {
                        Stop::Daemon
                    } else {
                        Stop::None
                    },
                    asked: None,
                    answer: None,
                };
                self.step(line, &key, kind, elapsed);
            }
            LogFact::Repealed(key) => {
                let kind = StepKind::Unban {
                    stop: Stop::Daemon,
                    asked: None,
                    answer: None,
                };
                self.step(line, &key, kind, elapsed);
            }
            LogFact::Increased {
                key,
                count,
                seconds,
            } => self.increased(&key, count, seconds),
            LogFact::Stopping => {
                self.stopping = true;
                self.last_running.daemon(line.place);
            }
            LogFact::Started | LogFact::JailCreated(_) => self.stopping = false,
            LogFact::JailStopped(jail) => self.jail_stopped(&jail),
            // They tell of a jail's log, and nothing of bans.
            LogFact::OddTime(_) | LogFact::NotOpened(_) => {}
        }
    }

    fn failure(&mut self, line: Line, key: Key, at: Timestamp) {
        if line.new {
            self.out.failure(&key, at);
        }
        self.failed_before(key, line.at);
    }

    /// A failure that was told before: it may lead to a ban that was not.
    pub(crate) fn failed_before(&mut self, key: Key, at: Timestamp) {
        self.failed.insert(key, at);
    }

    fn step(&mut self, line: Line, key: &Key, kind: StepKind, elapsed: Duration) {
        let state = self.state(key);
        let first = state.queue.is_empty();
        if first {
            // Nearly always it is the only one, and there may be many subjects.
            state.queue.reserve_exact(1);
        }
        state.queue.push_back(Step {
            at: line.at,
            place: line.place,
            since: elapsed,
            kind,
        });
        if first {
            self.undecided.insert(line.place, key.clone());
        }
    }

    /// Takes a row of the database; `page` is the number of the answer that it came with.
    ///
    /// `known` rows may have been told before: they only make bans richer that are told.
    pub(crate) fn row(&mut self, row: RowFact, page: u64, known: bool, elapsed: Duration) {
        self.row_time = self.row_time.max(Some(row.began));
        let key = row.key.clone();
        let state = self.state(&key);
        if let Some(place) = state.give(&row, page) {
            self.rows.touch(page, place);
            return;
        }
        if let Some(open) = state.open.as_mut().filter(|open| open.takes(&row)) {
            // Told without its row: the row makes it richer.
            open.enrich(&row);
            let mut event = open.event(&key, EventKind::Ban);
            fill(&mut event, &row);
            self.out.event(Told {
                event,
                place: None,
                page: Some(page),
            });
            return;
        }
        self.rows.push(PagedRow { fact: row, page }, known, elapsed);
    }

    /// The order that this agent is about to give.
    pub(crate) fn order(&mut self, order: Order, at: Timestamp) {
        self.orders.push(order, at);
    }

    /// Whether there are bans whose rows should be read before more lines are.
    pub(crate) fn wants_rows(&self) -> bool {
        !self.undecided.is_empty()
    }

    /// Whether more rows can be taken without holding many.
    pub(crate) fn can_take_rows(&self) -> bool {
        self.rows.len() < rows::ENOUGH
    }

    /// Decides what can be decided.
    pub(crate) fn settle(&mut self, now: Now) {
        let keys: Vec<(Place, Key)> = self
            .undecided
            .iter()
            .map(|(place, key)| (*place, key.clone()))
            .collect();
        let mut excess = keys.len().saturating_sub(MAX_UNDECIDED);
        for (place, key) in keys {
            let forced = excess > 0;
            excess = excess.saturating_sub(1);
            self.settle_key(place, &key, now, forced);
        }
        self.settle_rows(now);
        self.forget();
    }

    fn settle_key(&mut self, place: Place, key: &Key, now: Now, forced: bool) {
        self.undecided.remove(&place);
        while let Some(step) = self.state(key).queue.pop_front() {
            if let Some(step) = self.decide(key, step, now, forced) {
                self.undecided.insert(step.place, key.clone());
                self.state(key).queue.push_front(step);
                return;
            }
        }
        self.drop_if_empty(key);
    }

    /// Tells the step, or gives it back when it has to wait.
    fn decide(&mut self, key: &Key, step: Step, now: Now, forced: bool) -> Option<Step> {
        match step.kind {
            StepKind::Ban { .. } => self.decide_ban(key, step, now, forced),
            StepKind::Restored => {
                self.tell_restored(key, &step);
                None
            }
            StepKind::Unban { .. } => self.decide_unban(key, step, now, forced),
        }
    }

    /// The subject's state.
    fn state(&mut self, key: &Key) -> &mut KeyState {
        self.agreed.forget(&key.jail);
        // Looked up twice, so that names are only copied for what is new.
        if !self.jails.contains_key(&key.jail) {
            self.jails.insert(key.jail.clone(), HashMap::new());
        }
        self.jails
            .entry(key.jail.clone())
            .or_default()
            .entry(key.subject.clone())
            .or_default()
    }

    fn drop_if_empty(&mut self, key: &Key) {
        if let Some(jail) = self.jails.get_mut(&key.jail)
            && jail.get(&key.subject).is_some_and(KeyState::is_empty)
        {
            jail.remove(&key.subject);
            give_back(jail);
        }
    }

    /// Keeps something of a subject though nothing of it may be open; bounded.
    fn remember(&mut self, key: &Key, what: impl FnOnce(&mut KeyState)) {
        what(self.state(key));
        self.remembered.push_back(key.clone());
    }

    fn forget(&mut self) {
        while self.remembered.len() > MAX_REMEMBERED
            && let Some(key) = self.remembered.pop_front()
        {
            let state = self.state(&key);
            state.closed = None;
            state.flushed = None;
            state.row_told = None;
            self.drop_if_empty(&key);
        }
    }

    /// What was decided: at most `limit` events, and the failures.
    pub(crate) fn take(&mut self, limit: usize) -> (Vec<Told>, Vec<domain::HeardFailures>) {
        self.out.take(limit)
    }

    /// How many events and counts of failures are ready.
    pub(crate) fn ready(&self) -> (usize, usize) {
        self.out.ready()
    }

    /// From where the log has to be read again after a restart, as things are not told yet; `None` when nothing is left.
    ///
    /// Call [`Machine::pages_told_before`] first.
    pub(crate) fn oldest_place(&self) -> Option<Place> {
        let undecided = self.undecided.first_key_value().map(|(place, _)| *place);
        [
            undecided,
            self.out.oldest_place(),
            self.rows.oldest_touched(),
        ]
        .into_iter()
        .flatten()
        .min()
    }

    /// The oldest answer of the database of which something is not told yet.
    pub(crate) fn oldest_page(&self) -> Option<u64> {
        let steps = self.undecided.values().filter_map(|key| {
            let state = self.jails.get(&key.jail)?.get(&key.subject)?;
            state.queue.iter().filter_map(Step::page).min()
        });
        [self.rows.oldest_page(), self.out.oldest_page(), steps.min()]
            .into_iter()
            .flatten()
            .min()
    }

    /// When something has to be decided at the latest, though nothing new is heard.
    pub(crate) fn wants_time(&self) -> bool {
        !self.undecided.is_empty() || self.rows.len() > 0 || !self.candidates.is_empty()
    }

    /// The bans about whose rows the database has to be asked.
    pub(crate) fn asks(&mut self) -> Vec<Key> {
        self.asks.drain(..).collect()
    }

    /// An answer to one of [`Machine::asks`].
    pub(crate) fn answered(&mut self, key: &Key, answer: Answer) {
        for step in &mut self.state(key).queue {
            if let StepKind::Unban {
                asked: Some(_),
                answer: slot @ None,
                ..
            } = &mut step.kind
            {
                *slot = Some(answer);
            }
        }
    }
}

/// How many subjects are remembered with nothing open.
const MAX_REMEMBERED: usize = 5_000;

/// A log whose lines are this much later than a row has passed the row's ban: it begins after it, or never showed it. A jail that reads an old log bans by failures
/// that lie back by up to its findtime.
const PASSED_MILLIS: i64 = 3_600_000;

/// Whether a row that began then may be of a line of that time.
fn may_be_of(began: Timestamp, line: Timestamp) -> bool {
    line.millis_since(began) >= -ROUNDING_MILLIS
}

/// Whether a line and a row that was told by itself are the same ban.
fn is_same_ban(line: Timestamp, began: Timestamp) -> bool {
    (-ROUNDING_MILLIS..=PASSED_MILLIS).contains(&line.millis_since(began))
}
