//! Runs one task: on its schedule, when a person says so, and once for what was missed while BanGUI did not run.
use std::{any::Any, panic::AssertUnwindSafe, sync::Arc, time::Duration};

use domain::{
    Clock, Schedule, StorageReads, StorageWrites, TaskCause, TaskOutcome, TaskRun, TimeZoneName,
    Timestamp, UserName,
};
use futures_util::FutureExt as _;
use tokio::{
    sync::mpsc,
    time::{Instant, error::Elapsed, sleep, timeout},
};
use tokio_util::sync::CancellationToken;

use super::{
    board::{Definition, Entry},
    fault::TaskFault,
    wake::Wake,
};

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
    wake: Option<Arc<Wake>>,
    due: Due,
}

impl Runner {
    pub(super) fn new(
        around: Surroundings,
        entry: Arc<Entry>,
        orders: mpsc::Receiver<UserName>,
    ) -> Self {
        Self {
            due: Due::first(around.clock.now()),
            definition: entry.view().definition,
            around,
            entry,
            orders,
            wake: None,
        }
    }

    /// Also runs when it is woken.
    pub(super) fn woken_by(self, wake: Arc<Wake>) -> Self {
        Self {
            wake: Some(wake),
            ..self
        }
    }

    /// Runs until told to stop. What has begun is finished, in its time.
    pub(super) async fn run<W, E>(mut self, mut work: W)
    where
        W: AsyncFnMut() -> Result<u64, E>,
        E: Into<TaskFault>,
    {
        self.remember().await;
        let stop = self.around.stop.clone();
        let wake = self.wake.clone();
        while !stop.is_cancelled() {
            self.due.jitter = self.jitter();
            let waits = self.due.wait(&self.around, &self.definition, &self.entry);
            let cause = tokio::select! {
                () = stop.cancelled() => break,
                Some(person) = self.orders.recv() => TaskCause::Person(person),
                () = woken(wake.as_deref()) => TaskCause::Schedule,
                cause = waits => cause,
            };
            self.once(cause, &mut work).await;
        }
        if self.definition.at_stop {
            self.once(TaskCause::Schedule, &mut work).await;
        }
    }

    /// Takes over how it ran before this start.
    async fn remember(&mut self) {
        if !self.definition.is_remembered() {
            return;
        }
        let runs = match self.around.reads.last_task_runs().await {
            Ok(runs) => runs,
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::warn!(task.name = %self.definition.name, error, "its last run is not known");
                return;
            }
        };
        let own = runs
            .into_iter()
            .find(|(name, _)| *name == self.definition.name);
        // One that nothing is kept of has never run: it is caught up with, or a machine that is off at that time of day would never run it.
        self.due.last = own.as_ref().map(|(_, run)| run.began_at);
        self.due.may_be_missed = true;
        self.entry.remember(own.map(|(_, run)| run));
    }

    /// How much later than its schedule says it begins this time.
    fn jitter(&self) -> Duration {
        let most = u64::try_from(self.definition.jitter.as_millis()).unwrap_or(u64::MAX);
        // Without chance it begins on time.
        let number = getrandom::u64().unwrap_or_default();
        Duration::from_millis(number.checked_rem(most).unwrap_or_default())
    }

    async fn once<W, E>(&mut self, cause: TaskCause, work: &mut W)
    where
        W: AsyncFnMut() -> Result<u64, E>,
        E: Into<TaskFault>,
    {
        let begin = Instant::now();
        let began_at = self.around.clock.now();
        self.due.ran(began_at, begin);
        let running = self.entry.begin(began_at, cause.clone());
        let work = async { work().await.map_err(Into::into) };
        let work = AssertUnwindSafe(timeout(self.definition.limit, work)).catch_unwind();
        let result = work.await;
        let run = TaskRun {
            began_at,
            took_ms: u64::try_from(begin.elapsed().as_millis()).unwrap_or(u64::MAX),
            cause,
            outcome: self.outcome(result),
        };
        running.end(run.clone());
        if self.definition.is_remembered() {
            self.keep(&run).await;
        }
    }

    fn outcome(&self, result: Worked) -> TaskOutcome {
        let name = &self.definition.name;
        match result {
            Ok(Ok(Ok(count))) => {
                if count > 0 {
                    tracing::debug!(task.name = %name, count, "task done");
                }
                TaskOutcome::Done { count }
            }
            Ok(Ok(Err(error))) => {
                let problem = error.to_string();
                let error = &error as &dyn std::error::Error;
                tracing::warn!(task.name = %name, error, "task failed");
                TaskOutcome::Failed { problem }
            }
            Ok(Err(_)) => {
                tracing::warn!(task.name = %name, limit_s = self.definition.limit.as_secs(), "task took too long");
                TaskOutcome::TookTooLong
            }
            // The panic itself is in the log already.
            Err(_) => {
                tracing::error!(task.name = %name, "task panicked");
                let problem = "it was ended by a mistake in BanGUI, which the log tells".to_owned();
                TaskOutcome::Failed { problem }
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

/// What came of the work, unless it took too long, unless it panicked.
type Worked = Result<Result<Result<u64, TaskFault>, Elapsed>, Box<dyn Any + Send>>;

/// Never, where nobody wakes it.
async fn woken(wake: Option<&Wake>) {
    match wake {
        Some(wake) => wake.woken().await,
        None => std::future::pending().await,
    }
}

/// When a task is due.
struct Due {
    /// From when the schedule is reckoned where the task has never run.
    since: Timestamp,
    /// When it last began, also before this start.
    last: Option<Timestamp>,
    /// When the last run of this process began, by a clock that nobody sets.
    began: Option<Instant>,
    /// How much later than its schedule says it begins this time.
    jitter: Duration,
    /// What was due before this start is caught up with.
    may_be_missed: bool,
    /// The zone of the settings, as it was last known.
    zone: TimeZoneName,
}

impl Due {
    fn first(since: Timestamp) -> Self {
        Self {
            since,
            last: None,
            began: None,
            jitter: Duration::ZERO,
            may_be_missed: false,
            zone: TimeZoneName::utc(),
        }
    }

    fn ran(&mut self, at: Timestamp, begin: Instant) {
        self.last = Some(at);
        self.began = Some(begin);
        self.may_be_missed = false;
    }

    /// Waits until the task is due, and says why it is.
    async fn wait(
        &mut self,
        around: &Surroundings,
        definition: &Definition,
        entry: &Entry,
    ) -> TaskCause {
        loop {
            let now = around.clock.now();
            if self.is_missed(around, definition, now).await {
                entry.due(now);
                // Its first run of all was missed by nobody.
                return match self.last {
                    Some(_) => TaskCause::Missed,
                    None => TaskCause::Schedule,
                };
            }
            let due = self.at(around, definition, now).await;
            entry.due(due);
            let waits = due.millis_since(now);
            if waits <= 0 {
                return TaskCause::Schedule;
            }
            let waits = Duration::from_millis(waits.unsigned_abs());
            sleep(waits.min(LOOK)).await;
        }
    }

    /// Whether it was due before this start. Asked once.
    async fn is_missed(
        &mut self,
        around: &Surroundings,
        definition: &Definition,
        now: Timestamp,
    ) -> bool {
        if !std::mem::take(&mut self.may_be_missed) {
            return false;
        }
        match (self.last, definition.schedule) {
            (Some(last), schedule) => schedule.next(last, self.zone(around).await) <= now,
            // It runs at once in any case.
            (None, Schedule::Every { .. }) => false,
            (None, _) => true,
        }
    }

    async fn at(
        &mut self,
        around: &Surroundings,
        definition: &Definition,
        now: Timestamp,
    ) -> Timestamp {
        match (definition.schedule, self.began, self.last) {
            // A clock that is set makes no interval longer or shorter.
            (Schedule::Every { seconds }, Some(began), _) => {
                let every = Duration::from_secs(u64::from(seconds)) + self.jitter;
                later(now, every.saturating_sub(began.elapsed()))
            }
            (Schedule::Every { .. }, None, None) => now,
            (schedule, _, _) => {
                let from = self.reckoned_from(now);
                later(schedule.next(from, self.zone(around).await), self.jitter)
            }
        }
    }

    /// The beginning of the last run. One in the future was noted before the clock was set back; from now on it is reckoned from the moment at which that was found.
    fn reckoned_from(&mut self, now: Timestamp) -> Timestamp {
        let from = self.last.as_mut().unwrap_or(&mut self.since);
        *from = (*from).min(now);
        *from
    }

    /// The zone of the settings; UTC before there are any.
    async fn zone(&mut self, around: &Surroundings) -> &TimeZoneName {
        match around.reads.settings().await {
            Ok(Some(settings)) => self.zone = settings.time_zone,
            Ok(None) => {}
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::warn!(error, zone = %self.zone, "the time zone could not be read again");
            }
        }
        &self.zone
    }
}

fn later(moment: Timestamp, by: Duration) -> Timestamp {
    let millis = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
    Timestamp::from_millis(moment.as_millis().saturating_add(millis))
}

#[cfg(test)]
mod tests;
