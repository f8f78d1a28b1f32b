//! Runs one task: on its schedule, when a person says so, and once for what was missed while BanGUI did not run.
use std::{sync::Arc, time::Duration};

use domain::{
    Clock, Schedule, StorageError, StorageReads, StorageWrites, TaskCause, TaskOutcome, TaskRun,
    TimeZoneName, Timestamp, UserName,
};
use tokio::{
    sync::mpsc,
    time::{Instant, sleep, timeout},
};
use tokio_util::sync::CancellationToken;

use super::board::{Definition, Entry};

/// How often a waiting task looks at the clock: the machine may have slept, the clock may be set, the time zone may be another one.
const LOOK: Duration = Duration::from_mins(1);

/// What a runner needs besides its task.
#[derive(Clone)]
pub(super) struct Surroundings {
    pub(super) reads: Arc<dyn StorageReads>,
    pub(super) writes: Arc<dyn StorageWrites>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) stop: CancellationToken,
}

/// A task that is kept running.
pub(super) struct Runner {
    around: Surroundings,
    definition: Definition,
    entry: Arc<Entry>,
    orders: mpsc::Receiver<UserName>,
    /// When this runner began to wait.
    started_at: Timestamp,
    /// When the last run of this process began, by a clock that nobody sets.
    began: Option<Instant>,
}

impl Runner {
    pub(super) fn new(
        around: Surroundings,
        entry: Arc<Entry>,
        orders: mpsc::Receiver<UserName>,
    ) -> Self {
        Self {
            definition: entry.view().definition,
            started_at: around.clock.now(),
            around,
            entry,
            orders,
            began: None,
        }
    }

    /// Runs until told to stop. What has begun is finished, in its time.
    pub(super) async fn run<W>(mut self, mut work: W)
    where
        W: AsyncFnMut() -> Result<u64, StorageError>,
    {
        self.remember().await;
        let stop = self.around.stop.clone();
        while !stop.is_cancelled() {
            let jitter = self.jitter();
            let cause = tokio::select! {
                () = stop.cancelled() => break,
                Some(person) = self.orders.recv() => TaskCause::Person(person),
                cause = due(&self.around, &self.definition, &self.entry, (self.started_at, self.began, jitter)) => cause,
            };
            self.once(cause, &mut work).await;
        }
        if self.definition.at_stop {
            self.once(TaskCause::Schedule, &mut work).await;
        }
    }

    /// Takes over how it ran before this start.
    async fn remember(&self) {
        if !self.definition.is_remembered() {
            return;
        }
        match self.around.reads.last_task_runs().await {
            Ok(runs) => {
                let own = runs
                    .into_iter()
                    .find(|(name, _)| *name == self.definition.name);
                self.entry.remember(own.map(|(_, run)| run));
            }
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::warn!(task.name = %self.definition.name, error, "its last run is not known");
            }
        }
    }

    /// How much later than its schedule says it begins this time.
    fn jitter(&self) -> Duration {
        let most = u64::try_from(self.definition.jitter.as_millis()).unwrap_or(u64::MAX);
        // Without chance it begins on time.
        let number = getrandom::u64().unwrap_or_default();
        Duration::from_millis(number.checked_rem(most).unwrap_or_default())
    }

    async fn once<W>(&mut self, cause: TaskCause, work: &mut W)
    where
        W: AsyncFnMut() -> Result<u64, StorageError>,
    {
        let begin = Instant::now();
        let began_at = self.around.clock.now();
        self.began = Some(begin);
        self.entry.begin(began_at, cause.clone());
        let result = timeout(self.definition.limit, work()).await;
        let run = TaskRun {
            began_at,
            took_ms: u64::try_from(begin.elapsed().as_millis()).unwrap_or(u64::MAX),
            cause,
            outcome: self.outcome(result),
        };
        self.entry.end(run.clone());
        if self.definition.is_remembered() {
            self.keep(&run).await;
        }
    }

    fn outcome<E>(&self, result: Result<Result<u64, StorageError>, E>) -> TaskOutcome {
        let name = &self.definition.name;
        match result {
            Ok(Ok(count)) => {
                if count > 0 {
                    tracing::debug!(task.name = %name, count, "task done");
                }
                TaskOutcome::Done { count }
            }
            Ok(Err(error)) => {
                let problem = error.to_string();
                let error = &error as &dyn std::error::Error;
                tracing::warn!(task.name = %name, error, "task failed");
                TaskOutcome::Failed { problem }
            }
            Err(_) => {
                tracing::warn!(task.name = %name, limit_s = self.definition.limit.as_secs(), "task took too long");
                TaskOutcome::TookTooLong
            }
        }
    }

    async fn keep(&self, run: &TaskRun) {
        let name = &self.definition.name;
        if let Err(error) = self.around.writes.keep_task_run(name, run).await {
            let error = &error as &dyn std::error::Error;
            tracing::warn!(task.name = %name, error, "the run is not kept");
        }
    }
}

/// Waits until the task is due, and says why it is.
async fn due(
    around: &Surroundings,
    definition: &Definition,
    entry: &Entry,
    (started_at, began, jitter): (Timestamp, Option<Instant>, Duration),
) -> TaskCause {
    loop {
        let now = around.clock.now();
        let last = entry.view().last.map(|run| run.began_at);
        let due = match (definition.schedule, began) {
            // A clock that is set makes no interval longer or shorter.
            (Schedule::Every { seconds }, Some(began)) => {
                let every = Duration::from_secs(u64::from(seconds)) + jitter;
                later(now, every.saturating_sub(began.elapsed()))
            }
            // It never ran.
            (Schedule::Every { .. }, None) if last.is_none() => now,
            (schedule, _) => {
                let zone = zone(around).await;
                // One from the future was written before the clock was set back.
                let due = schedule.next(last.unwrap_or(started_at).min(now), &zone);
                if began.is_none() && last.is_some() && due <= started_at {
                    entry.due(now);
                    return TaskCause::Missed;
                }
                later(due, jitter)
            }
        };
        entry.due(due);
        let waits = due.millis_since(now);
        if waits <= 0 {
            return TaskCause::Schedule;
        }
        let waits = Duration::from_millis(waits.unsigned_abs());
        sleep(waits.min(LOOK)).await;
    }
}

fn later(moment: Timestamp, by: Duration) -> Timestamp {
    let millis = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
    Timestamp::from_millis(moment.as_millis().saturating_add(millis))
}

/// The zone of the settings; UTC before there are any, or while they cannot be read.
async fn zone(around: &Surroundings) -> TimeZoneName {
    let settings = around.reads.settings().await.ok().flatten();
    settings.map_or_else(TimeZoneName::utc, |settings| settings.time_zone)
}

#[cfg(test)]
mod tests;
