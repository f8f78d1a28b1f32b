//! Scheduled work. Every task is owned by the server's tracker, named by a constant, bounded in time, and stops when told.
//!
//! A task may be killed at any moment and run again: each leaves things right either way.
mod retention;
mod sessions;

use std::{sync::Arc, time::Duration};

use domain::{HostId, StorageError};
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    services::{
        config::OwnDoings,
        intake::{Intake, follow_status},
    },
    state::WriteState,
};
pub(crate) use retention::Retention;
use sessions::SessionTasks;

/// When a task runs, and how long it may.
#[derive(Debug, Clone, Copy)]
struct Schedule {
    name: &'static str,
    every: Duration,
    limit: Duration,
    /// Whether it runs once more when the server stops.
    at_stop: bool,
}

/// Writes down which sessions were used.
const WRITE_LAST_USE: Schedule = Schedule {
    name: "session-last-use",
    every: Duration::from_secs(30),
    limit: Duration::from_secs(10),
    at_stop: true,
};

/// Removes sessions that have ended.
const REMOVE_ENDED_SESSIONS: Schedule = Schedule {
    name: "session-clean-up",
    every: Duration::from_hours(1),
    limit: Duration::from_mins(1),
    at_stop: false,
};

/// Removes what is too old, in small steps.
const FORGET: Schedule = Schedule {
    name: "history-retention",
    every: Duration::from_hours(24),
    limit: Duration::from_hours(2),
    at_stop: false,
};

/// Loads the data of countries and networks, and looks for new files.
const REFRESH_PLACES: Schedule = Schedule {
    name: "geo-refresh",
    every: Duration::from_mins(1),
    limit: Duration::from_mins(10),
    at_stop: false,
};

/// Writes down what the agent did to the configuration by itself.
const RECORD_OWN_DOINGS: Schedule = Schedule {
    name: "config-own-doings",
    every: Duration::from_secs(5),
    limit: Duration::from_secs(30),
    at_stop: false,
};

/// Starts all tasks.
pub(crate) fn start(tasks: &TaskTracker, stop: &CancellationToken, state: &WriteState) {
    let sessions = SessionTasks::new(state);
    let writing = sessions.clone();
    tasks.spawn(run(WRITE_LAST_USE, stop.clone(), async move || {
        writing.write_last_use().await
    }));
    hear(tasks, stop, state);
    let places = Arc::clone(&state.places);
    tasks.spawn(run(REFRESH_PLACES, stop.clone(), async move || {
        Ok(places.refresh().await)
    }));
    if let Some(mut doings) = OwnDoings::new(state) {
        tasks.spawn(run(RECORD_OWN_DOINGS, stop.clone(), async move || {
            doings.record().await
        }));
    }
    let retention = Retention::new(state, stop);
    tasks.spawn(run(FORGET, stop.clone(), async move || {
        retention.forget().await
    }));
    tasks.spawn(run(REMOVE_ENDED_SESSIONS, stop.clone(), async move || {
        sessions.remove_ended().await
    }));
}

/// Starts what lets the server hear, and tell.
fn hear(tasks: &TaskTracker, stop: &CancellationToken, state: &WriteState) {
    let reads = &state.reads;
    let host = HostId::local();
    let (Ok(hears), Ok(asked)) = (reads.hears(&host), reads.host(&host)) else {
        return;
    };
    tasks.spawn(follow_status(
        Arc::clone(asked),
        Arc::clone(&reads.live),
        stop.clone(),
    ));
    let intake = Intake {
        hears: Arc::clone(hears),
        reads: Arc::clone(&reads.history),
        writes: Arc::clone(&state.history),
        places: Arc::clone(&reads.places),
        orders: Arc::clone(&state.orders),
        feed: Arc::clone(&reads.live),
        stop: stop.clone(),
        host,
    };
    tasks.spawn(intake.run());
}

/// Runs a task at once and then on schedule, until told to stop. What has begun is finished, in its time.
async fn run<W>(schedule: Schedule, stop: CancellationToken, mut work: W)
where
    W: AsyncFnMut() -> Result<u64, StorageError>,
{
    let mut ticks = interval(schedule.every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while !stop.is_cancelled() {
        tokio::select! {
            () = stop.cancelled() => break,
            _ = ticks.tick() => once(schedule, &mut work).await,
        }
    }
    if schedule.at_stop {
        once(schedule, &mut work).await;
    }
}

async fn once<W>(schedule: Schedule, work: &mut W)
where
    W: AsyncFnMut() -> Result<u64, StorageError>,
{
    let task = schedule.name;
    let begin = Instant::now();
    let result = timeout(schedule.limit, work()).await;
    let duration_ms = u64::try_from(begin.elapsed().as_millis()).unwrap_or(u64::MAX);
    match result {
        Ok(Ok(0)) => {}
        Ok(Ok(count)) => tracing::debug!(task.name = task, count, duration_ms, "task done"),
        Ok(Err(error)) => {
            let error = &error as &dyn std::error::Error;
            tracing::warn!(task.name = task, error, duration_ms, "task failed");
        }
        Err(_) => tracing::warn!(task.name = task, duration_ms, "task took too long"),
    }
}

#[cfg(test)]
mod tests;
