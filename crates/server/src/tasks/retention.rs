//! Old events, and bans without a jail that ended long ago, go in small steps.
use std::{sync::Arc, time::Duration};

use domain::{BlockingWrites, Clock, HistoryWrites, StorageError, StorageReads};
use tokio_util::sync::CancellationToken;

use crate::state::WriteState;

/// Rows that go in one transaction: some milliseconds, between which others write.
const STEP_ROWS: usize = 500;
/// Between two steps: the writer works a small part of the time, also when a year is to go at once.
const PAUSE: Duration = Duration::from_millis(20);
/// Who failed longer ago than this is in the sums of addresses only.
const FAILURES_DAYS: i64 = 30;
const DAY_SECONDS: i64 = 86_400;

/// What the task needs.
#[derive(Clone)]
pub(crate) struct Retention {
    settings: Arc<dyn StorageReads>,
    history: Arc<dyn HistoryWrites>,
    blocking: Arc<dyn BlockingWrites>,
    clock: Arc<dyn Clock>,
    stop: CancellationToken,
}

impl Retention {
    pub(crate) fn new(state: &WriteState, stop: &CancellationToken) -> Self {
        Self {
            settings: Arc::clone(&state.reads.storage),
            history: Arc::clone(&state.history),
            blocking: Arc::clone(&state.blocking.writes),
            clock: Arc::clone(&state.reads.clock),
            stop: stop.clone(),
        }
    }

    /// Removes what is older, or ended longer ago, than the settings say; answers how many rows. Roll-ups stay, and so does what is in force.
    pub(crate) async fn forget(&self) -> Result<u64, StorageError> {
        // Before the wizard there is nothing that anybody agreed to lose.
        let Some(settings) = self.settings.settings().await? else {
            return Ok(0);
        };
        let days = i64::from(settings.retention_days);
        let now = self.clock.now();
        let events_before = now.plus_seconds(-days * DAY_SECONDS);
        let failures_before = now.plus_seconds(-days.min(FAILURES_DAYS) * DAY_SECONDS);
        let events = self
            .step_by_step(|| {
                let history = &self.history;
                history.forget(events_before, failures_before, STEP_ROWS)
            })
            .await?;
        let bans = self
            .step_by_step(|| self.blocking.forget_own_bans(events_before, STEP_ROWS))
            .await?;
        Ok(events + bans)
    }

    /// Until a step removes nothing, or it is time to stop.
    async fn step_by_step<S>(&self, step: impl Fn() -> S) -> Result<u64, StorageError>
    where
        S: Future<Output = Result<u64, StorageError>>,
    {
        let mut removed = 0;
        while !self.stop.is_cancelled() {
            let rows = step().await?;
            removed += rows;
            if rows == 0 {
                break;
            }
            tokio::time::sleep(PAUSE).await;
        }
        Ok(removed)
    }
}

#[cfg(test)]
mod tests;
