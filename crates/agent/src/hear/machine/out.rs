//! What is ready to be told.
use std::collections::{BTreeMap, VecDeque};

use domain::{HeardEvent, HeardFailures, Timestamp};

use crate::hear::facts::{Key, Place};

const HOUR_MILLIS: i64 = 3_600_000;

/// An event with the source that would be needed to tell it again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) event: HeardEvent,
    pub(crate) place: Option<Place>,
    pub(crate) page: Option<u64>,
}

#[derive(Debug, Default)]
pub(super) struct Out {
    events: VecDeque<Told>,
    /// By subject and hour: how many, and the last one.
    failures: BTreeMap<(Key, i64), (u32, Timestamp)>,
}

impl Out {
    pub(super) fn event(&mut self, told: Told) {
        self.events.push_back(told);
    }

    pub(super) fn failure(&mut self, key: &Key, at: Timestamp) {
        let hour = at.as_millis().div_euclid(HOUR_MILLIS) * HOUR_MILLIS;
        let (count, last) = self.failures.entry((key.clone(), hour)).or_insert((0, at));
        *count = count.saturating_add(1);
        *last = at.max(*last);
    }

    pub(super) fn ready(&self) -> (usize, usize) {
        (self.events.len(), self.failures.len())
    }

    pub(super) fn take(&mut self, limit: usize) -> (Vec<Told>, Vec<HeardFailures>) {
        let events = self.events.drain(..limit.min(self.events.len())).collect();
        let failures = std::mem::take(&mut self.failures);
        let failures = failures
            .into_iter()
            .map(|((key, hour), (count, last_at))| HeardFailures {
                jail: key.jail,
                subject: key.subject,
                hour: Timestamp::from_millis(hour),
                count,
                last_at,
            })
            .collect();
        (events, failures)
    }

    pub(super) fn oldest_place(&self) -> Option<Place> {
        self.events.iter().filter_map(|told| told.place).min()
    }

    pub(super) fn oldest_page(&self) -> Option<u64> {
        self.events.iter().filter_map(|told| told.page).min()
    }
}
