//! Which jobs there are, and how far they are.
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use domain::{Clock, Timestamp};
use tokio_util::sync::CancellationToken;

use super::{KEPT_SECONDS, MAX_FINISHED, MAX_UNFINISHED};
use crate::{
    problem::{Code, Problem, TargetHits},
    services::{
        audit::MAX_NAMED,
        bans::{BanCounts, BanProgress},
    },
};

/// After how many seconds to try again when too many jobs wait.
const RETRY_SECONDS: u64 = 10;

/// What a job does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum JobKind {
    /// It bans.
    Ban,
    /// It unbans.
    Unban,
}

/// How a job stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum JobState {
    /// It runs, or waits for another one to end.
    Running,
    /// All targets were seen to.
    Done,
    /// The host did not go on.
    Failed(Box<Problem>),
    /// Somebody, or the end of the server, stopped it.
    Cancelled,
}

/// A job as it stands now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct JobView {
    /// Its name; unguessable.
    pub(crate) id: String,
    /// What it does.
    pub(crate) kind: JobKind,
    /// How it stands.
    pub(crate) state: JobState,
    /// Its targets.
    pub(crate) total: usize,
    /// How many of them were seen to.
    pub(crate) done: usize,
    /// What became of the targets of a ban.
    pub(crate) counts: BanCounts,
    /// How many bans an unban ended.
    pub(crate) unbanned: usize,
    /// What the lock-out guard refused, the first [`MAX_NAMED`].
    pub(crate) refused: Vec<TargetHits>,
    /// When it was asked for.
    pub(crate) started_at: Timestamp,
    /// When it ended.
    pub(crate) finished_at: Option<Timestamp>,
}

struct Entry {
    view: JobView,
    cancel: CancellationToken,
}

/// The jobs of this process, to be looked at and to be cancelled.
pub struct Jobs {
    clock: Arc<dyn Clock>,
    entries: Mutex<HashMap<String, Entry>>,
}

impl Jobs {
    /// No jobs yet.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            entries: Mutex::default(),
        }
    }

    /// A panic while the lock was held leaves counts that are at most behind.
    fn entries(&self) -> MutexGuard<'_, HashMap<String, Entry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A job as it stands now; `None` when there is none, or not any more.
    pub(crate) fn job(&self, id: &str) -> Option<JobView> {
        let now = self.clock.now();
        self.entries()
            .get(id)
            .filter(|entry| !is_over(&entry.view, now))
            .map(|entry| entry.view.clone())
    }

    /// Asks a job to end after its current order; `false` when there is none. One that has ended stays as it ended.
    pub(super) fn cancel(&self, id: &str) -> bool {
        let now = self.clock.now();
        let entries = self.entries();
        let Some(entry) = entries.get(id).filter(|entry| !is_over(&entry.view, now)) else {
            return false;
        };
        entry.cancel.cancel();
        true
    }

    /// Takes a job on.
    ///
    /// # Errors
    /// `busy` when too many wait.
    pub(super) fn add(
        &self,
        kind: JobKind,
        total: usize,
        cancel: CancellationToken,
    ) -> Result<JobView, Problem> {
        let id = random_id()?;
        let now = self.clock.now();
        let mut entries = self.entries();
        entries.retain(|_, entry| !is_over(&entry.view, now));
        let unfinished = |entry: &&Entry| entry.view.finished_at.is_none();
        if entries.values().filter(unfinished).count() >= MAX_UNFINISHED {
            return Err(Problem::new(Code::Busy)
                .detail(format!(
                    "{MAX_UNFINISHED} long orders run or wait on this host already."
                ))
                .remedy("Wait until one of them has ended, or cancel one.")
                .retry_after(RETRY_SECONDS));
        }
        forget_oldest(&mut entries);
        let view = JobView {
            id: id.clone(),
            kind,
            state: JobState::Running,
            total,
            done: 0,
            counts: BanCounts::default(),
            unbanned: 0,
            refused: Vec::new(),
            started_at: now,
            finished_at: None,
        };
        let made = view.clone();
        entries.insert(id, Entry { view, cancel });
        Ok(made)
    }

    /// Counts what a part of a ban came to.
    pub(super) fn banned(&self, id: &str, part: BanProgress) {
        if let Some(entry) = self.entries().get_mut(id) {
            let view = &mut entry.view;
            view.done = view.done.saturating_add(part.done);
            view.counts += part.counts;
            let room = MAX_NAMED.saturating_sub(view.refused.len());
            view.refused.extend(part.refused.into_iter().take(room));
        }
    }

    /// Counts what a part of an unban came to.
    pub(super) fn unbanned(&self, id: &str, done: usize, unbanned: usize) {
        if let Some(entry) = self.entries().get_mut(id) {
            entry.view.done = entry.view.done.saturating_add(done);
            entry.view.unbanned = entry.view.unbanned.saturating_add(unbanned);
        }
    }

    /// Ends a job, and answers how it stands then.
    pub(super) fn finish(&self, id: &str, state: JobState) -> Option<JobView> {
        let now = self.clock.now();
        let mut entries = self.entries();
        let entry = entries.get_mut(id)?;
        entry.view.state = state;
        entry.view.finished_at = Some(now);
        Some(entry.view.clone())
    }
}

fn is_over(view: &JobView, now: Timestamp) -> bool {
    view.finished_at
        .is_some_and(|finished| now >= finished.plus_seconds(KEPT_SECONDS))
}

fn forget_oldest(entries: &mut HashMap<String, Entry>) {
    let mut finished: Vec<(Timestamp, String)> = entries
        .values()
        .filter_map(|entry| Some((entry.view.finished_at?, entry.view.id.clone())))
        .collect();
    let surplus = (finished.len() + 1).saturating_sub(MAX_FINISHED);
    finished.sort_unstable();
    for (_, id) in finished.into_iter().take(surplus) {
        entries.remove(&id);
    }
}

/// 128 bits: nobody finds another one's job by trying.
fn random_id() -> Result<String, Problem> {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|error| {
        tracing::error!(error = %error, "the system gives no random bytes");
        Problem::new(Code::Internal)
    })?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

#[cfg(test)]
mod tests;
