//! Rows of the database whose line has not been read yet, or never will be.
use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    time::Duration,
};

use domain::{BanEnd, EventKind, Timestamp, UnbanCause};

use super::{
    Ended, Machine, PASSED_MILLIS, Told,
    key_state::{Open, PagedRow},
};
use crate::hear::facts::{Key, LogState, Now, Place, RowFact};

/// With so many rows waiting, no more are read.
pub(super) const ENOUGH: usize = 2_000;

/// How long a row waits for its line: the daemon writes the line first, save for a change of threads in between.
const LINE_WAIT: Duration = Duration::from_secs(2);

#[derive(Debug)]
struct Pending {
    row: PagedRow,
    since: Duration,
    /// Perhaps told before: never told by itself.
    known: bool,
}

#[derive(Debug, Default)]
pub(super) struct PendingRows {
    /// In the order of reading.
    waiting: BTreeMap<u64, Pending>,
    by_key: HashMap<Key, VecDeque<u64>>,
    next: u64,
    /// For each answer the first place of a line that one of its rows belongs to.
    touched: BTreeMap<u64, Place>,
}

impl PendingRows {
    pub(super) fn len(&self) -> usize {
        self.waiting.len()
    }

    pub(super) fn push(&mut self, row: PagedRow, known: bool, since: Duration) {
        let of_key = self.by_key.entry(row.fact.key.clone()).or_default();
        of_key.push_back(self.next);
        self.waiting
            .insert(self.next, Pending { row, since, known });
        self.next += 1;
    }

    /// The first row of a subject that fits.
    pub(super) fn take(
        &mut self,
        key: &Key,
        fits: impl Fn(Timestamp) -> bool,
    ) -> Option<Box<PagedRow>> {
        let number = *self.by_key.get(key)?.iter().find(|number| {
            let row = self.waiting.get(number);
            row.is_some_and(|pending| fits(pending.row.fact.began))
        })?;
        Some(Box::new(self.remove(number)?.row))
    }

    fn remove(&mut self, number: u64) -> Option<Pending> {
        let pending = self.waiting.remove(&number)?;
        let key = &pending.row.fact.key;
        if let Some(of_key) = self.by_key.get_mut(key) {
            of_key.retain(|of| *of != number);
            if of_key.is_empty() {
                self.by_key.remove(key);
            }
        }
        Some(pending)
    }

    /// Notes that a row of an answer belongs to a line: as long as the answer may be read again, the line has to be, too.
    pub(super) fn touch(&mut self, page: u64, place: Place) {
        let first = self.touched.entry(page).or_insert(place);
        *first = place.min(*first);
    }

    pub(super) fn oldest_touched(&self) -> Option<Place> {
        self.touched.values().min().copied()
    }

    pub(super) fn forget_touched(&mut self, before: u64) {
        self.touched = self.touched.split_off(&before);
    }

    pub(super) fn oldest_page(&self) -> Option<u64> {
        let (_, pending) = self.waiting.first_key_value()?;
        Some(pending.row.page)
    }

    pub(super) fn has(&self, key: &Key) -> bool {
        self.by_key.contains_key(key)
    }
}

impl Machine {
    /// The state of the log, as rows without a line see it.
    const fn log_has_passed(&self, began: Timestamp, now: Now) -> bool {
        match (now.log, self.log_time) {
            (LogState::Absent, _) => true,
            (_, Some(time)) => time.millis_since(began) > PASSED_MILLIS,
            _ => false,
        }
    }

    /// Tells the rows whose line will not come.
    pub(super) fn settle_rows(&mut self, now: Now) {
        let is_due = |pending: &Pending| match now.log {
            LogState::AtEnd => now.elapsed.saturating_sub(pending.since) >= LINE_WAIT,
            _ => self.log_has_passed(pending.row.fact.began, now),
        };
        let due: Vec<u64> = self
            .rows
            .waiting
            .iter()
            .filter(|(_, pending)| is_due(pending))
            .map(|(number, _)| *number)
            .collect();
        for number in due {
            if let Some(pending) = self.rows.remove(number)
                && !pending.known
            {
                self.tell_row(&pending.row, now);
            }
        }
    }

    /// Answers before this one are told and will not be read again.
    pub(crate) fn pages_told_before(&mut self, page: u64) {
        self.rows.forget_touched(page);
    }

    fn tell_row(&mut self, row: &PagedRow, now: Now) {
        let (key, fact) = (&row.fact.key, &row.fact);
        let ordered = self.orders.origin_of_ban(key, fact.began);
        let origin = ordered.unwrap_or_else(|| fact.origin());
        let state = self.state(key);
        let ended = state.closed.is_some_and(|closed| closed >= fact.began);
        let later = state.open.as_ref().is_some_and(|open| open.at > fact.began);
        if !ended && !later {
            self.close_before(key, fact.began, None);
        }
        let mut open = Open::new(fact.began, origin);
        open.enrich(fact);
        let mut event = open.event(key, EventKind::Ban);
        fill(&mut event, fact);
        self.out.event(Told {
            event,
            place: None,
            page: Some(row.page),
        });
        if let BanEnd::At(end) = open.end
            && !later
            && !ended
            && self.is_long_over(end, now)
        {
            // From before the log begins; its row would be gone, had somebody unbanned it.
            let ended = Ended {
                at: end,
                cause: UnbanCause::Expired,
                place: None,
            };
            self.tell_unban(key, &open, ended);
        } else if !ended && !later {
            self.state(key).open = Some(open);
        }
        self.remember(key, |state| state.row_told = Some(fact.began));
    }

    /// Whether a ban that ended then has ended for both the clock and the log.
    fn is_long_over(&self, end: Timestamp, now: Now) -> bool {
        const LATE_MILLIS: i64 = 5_000;
        let log_is_later = match (now.log, self.log_time()) {
            (LogState::Absent, _) | (_, None) => true,
            (_, Some(time)) => time.millis_since(end) > LATE_MILLIS,
        };
        log_is_later && now.clock.millis_since(end) > LATE_MILLIS
    }
}

/// What the row knows beside the line.
pub(super) fn fill(event: &mut domain::HeardEvent, row: &RowFact) {
    event.bantime_seconds = row.seconds.or(event.bantime_seconds);
    event.failures = row.failures;
    event.ban_count = row.count.or(event.ban_count);
    event.lines.clone_from(&row.lines);
}
