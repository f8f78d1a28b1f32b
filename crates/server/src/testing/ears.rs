//! An agent that hears what a test tells it, with cursors as the port promises them.
use std::{
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use domain::{
    BanSubject, EventKind, HearCursor, HeardBatch, HeardEvent, HeardFailures, HostError, HostHears,
    JailHealth, LastHeard, MAX_EVENTS_PER_BATCH, Origin, TimeRange, Timestamp,
};
use tokio::sync::watch;

/// See the module.
pub(crate) struct Ears {
    told: Mutex<Vec<HeardEvent>>,
    count: watch::Sender<usize>,
    /// How many of the next questions fail.
    failures: AtomicUsize,
    /// How often it was asked.
    asked: AtomicUsize,
    unheard: Mutex<Option<TimeRange>>,
    health: Mutex<Vec<JailHealth>>,
}

impl Ears {
    pub(crate) fn new() -> Self {
        Self {
            told: Mutex::default(),
            count: watch::Sender::new(0),
            failures: AtomicUsize::new(0),
            asked: AtomicUsize::new(0),
            unheard: Mutex::default(),
            health: Mutex::default(),
        }
    }

    /// These things have happened.
    pub(crate) fn tell(&self, events: impl IntoIterator<Item = HeardEvent>) {
        let mut told = self.told.lock().unwrap();
        told.extend(events);
        self.count.send_replace(told.len());
    }

    /// The next questions fail.
    pub(crate) fn fail(&self, times: usize) {
        self.failures.store(times, Ordering::SeqCst);
    }

    /// Nothing was heard of this time.
    pub(crate) fn miss(&self, range: TimeRange) {
        *self.unheard.lock().unwrap() = Some(range);
    }

    /// Jails are like this.
    pub(crate) fn jails_are(&self, health: Vec<JailHealth>) {
        *self.health.lock().unwrap() = health;
    }

    pub(crate) fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

/// A detected ban.
pub(crate) fn heard_ban(at: Timestamp, subject: &str) -> HeardEvent {
    HeardEvent {
        at,
        kind: EventKind::Ban,
        jail: "sshd".parse().unwrap(),
        subject: BanSubject::from_daemon(subject),
        origin: Origin::Detected,
        actor: None,
        cause: None,
        bantime_seconds: Some(600),
        failures: Some(5),
        ban_count: None,
        lines: vec!["a line".to_owned()],
    }
}

#[async_trait]
impl HostHears for Ears {
    async fn hear(
        &self,
        after: Option<&HearCursor>,
        wait: Duration,
    ) -> Result<HeardBatch, HostError> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let fails = self
            .failures
            .try_update(Ordering::SeqCst, Ordering::SeqCst, |left| {
                left.checked_sub(1)
            });
        if fails.is_ok() {
            return Err(HostError::ClientProgram("the test says so".to_owned()));
        }
        let from: usize = after.map_or(0, |cursor| cursor.0.parse().unwrap());
        let mut count = self.count.subscribe();
        let _ = tokio::time::timeout(wait, count.wait_for(|count| *count > from)).await;
        let told = self.told.lock().unwrap();
        let until = told.len().min(from + MAX_EVENTS_PER_BATCH);
        Ok(HeardBatch {
            events: told[from..until].to_vec(),
            failures: Vec::<HeardFailures>::new(),
            cursor: HearCursor(until.to_string()),
            more: until < told.len(),
        })
    }

    async fn unheard(&self) -> Option<TimeRange> {
        *self.unheard.lock().unwrap()
    }

    async fn jail_health(&self, _: &[LastHeard]) -> Result<Vec<JailHealth>, HostError> {
        Ok(self.health.lock().unwrap().clone())
    }
}
