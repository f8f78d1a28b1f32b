//! Scheduled work. Every task is owned by the server's tracker, named by a constant, bounded in time, and stops when told.
//!
//! A task may be killed at any moment and run again: each leaves things right either way.
pub(crate) mod board;
mod fault;
mod retention;
mod runner;
mod sessions;
mod wake;

use std::{sync::Arc, time::Duration};

use domain::{HostId, Schedule, StorageError, TaskName, TimeOfDay};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    services::{
        blocking::allow::Upkeep,
        config::OwnDoings,
        intake::{Intake, follow_status},
    },
    state::WriteState,
};
use board::Definition;
pub(crate) use fault::TaskFault;
pub(crate) use retention::Retention;
use runner::{Runner, Surroundings};
use sessions::SessionTasks;
pub(crate) use wake::Wake;

/// Writes down which sessions were used.
const WRITE_LAST_USE: Definition = Definition {
    name: TaskName::of("session-last-use"),
    schedule: Schedule::Every { seconds: 30 },
    jitter: Duration::ZERO,
    limit: Duration::from_secs(10),
    at_stop: true,
};

/// Removes sessions that have ended.
const REMOVE_ENDED_SESSIONS: Definition = Definition {
    name: TaskName::of("session-clean-up"),
    schedule: Schedule::Every { seconds: 3600 },
    jitter: Duration::from_mins(1),
    limit: Duration::from_mins(1),
    at_stop: false,
};

/// Tells the host what must not be banned: sessions also end by themselves, and a host that was started anew knows nothing of it.
const PROTECT: Definition = Definition {
    name: TaskName::of("protected-networks"),
    schedule: Schedule::Every { seconds: 30 },
    jitter: Duration::ZERO,
    limit: Duration::from_secs(10),
    at_stop: false,
};

/// Removes what is too old, in small steps, when the fewest people are there.
const FORGET: Definition = Definition {
    name: TaskName::of("history-retention"),
    schedule: Schedule::Daily {
        at: TimeOfDay::new(3, 30),
    },
    jitter: Duration::from_mins(15),
    limit: Duration::from_hours(2),
    at_stop: false,
};

/// Loads the data of countries and networks, and looks for new files.
const REFRESH_PLACES: Definition = Definition {
    name: TaskName::of("geo-refresh"),
    schedule: Schedule::Every { seconds: 60 },
    jitter: Duration::ZERO,
    limit: Duration::from_mins(10),
    at_stop: false,
};

/// Fetches the lists that are due; each says how often.
const IMPORT_LISTS: Definition = Definition {
    name: TaskName::of("blocklist-import"),
    schedule: Schedule::Every { seconds: 60 },
    jitter: Duration::from_secs(10),
    limit: Duration::from_hours(2),
    at_stop: false,
};

/// Keeps what is blocked what it should be: after a start, when protected addresses change, when somebody else removed it.
const KEEP_BLOCKED: Definition = Definition {
    name: TaskName::of("firewall-upkeep"),
    schedule: Schedule::Every { seconds: 300 },
    jitter: Duration::ZERO,
    limit: Duration::from_mins(5),
    at_stop: false,
};

/// Brings jails for lists to what the lists name, also after a list was removed.
const KEEP_JAILS: Definition = Definition {
    name: TaskName::of("blocklist-jails"),
    schedule: Schedule::Every { seconds: 300 },
    jitter: Duration::ZERO,
    limit: Duration::from_hours(1),
    at_stop: false,
};

/// Looks after the allowlist: names, expiry, running jails, fail2ban's files.
const KEEP_ALLOWED: Definition = Definition {
    name: TaskName::of("allowlist-upkeep"),
    schedule: Schedule::Every { seconds: 300 },
    jitter: Duration::ZERO,
    limit: Duration::from_mins(10),
    at_stop: false,
};

/// Compares what should be blocked with what is.
const CHECK_BLOCKED: Definition = Definition {
    name: TaskName::of("firewall-check"),
    schedule: Schedule::Every { seconds: 3600 },
    jitter: Duration::from_mins(1),
    limit: Duration::from_mins(5),
    at_stop: false,
};

/// Writes down what the agent did to the configuration by itself.
const RECORD_OWN_DOINGS: Definition = Definition {
    name: TaskName::of("config-own-doings"),
    schedule: Schedule::Every { seconds: 5 },
    jitter: Duration::ZERO,
    limit: Duration::from_secs(30),
    at_stop: false,
};

/// Starts all tasks.
pub(crate) fn start(tasks: &TaskTracker, stop: &CancellationToken, state: &WriteState) {
    let keep = |task: Definition| runner(task, stop, state);
    let sessions = SessionTasks::new(state);
    let writing = sessions.clone();
    tasks.spawn(keep(WRITE_LAST_USE).run(async move || writing.write_last_use().await));
    let protection = state.protection.clone();
    tasks.spawn(keep(PROTECT).run(async move || protection.tell().await));
    hear(tasks, stop, state);
    let places = Arc::clone(&state.places);
    tasks.spawn(
        keep(REFRESH_PLACES).run(async move || Ok::<_, StorageError>(places.refresh().await)),
    );
    if let Some(mut doings) = OwnDoings::new(state) {
        tasks.spawn(keep(RECORD_OWN_DOINGS).run(async move || doings.record().await));
    }
    block(tasks, stop, state);
    let retention = Retention::new(state, stop);
    tasks.spawn(keep(FORGET).run(async move || retention.forget().await));
    tasks.spawn(keep(REMOVE_ENDED_SESSIONS).run(async move || sessions.remove_ended().await));
}

/// Starts what keeps lists, bans made by hand and the allowlist in force.
fn block(tasks: &TaskTracker, stop: &CancellationToken, state: &WriteState) {
    let keep = |task: Definition| runner(task, stop, state);
    let blocking = state.blocking.clone();
    tasks.spawn(keep(KEEP_BLOCKED).run(async move || blocking.keep().await));
    let blocking = state.blocking.clone();
    tasks.spawn(keep(IMPORT_LISTS).run(async move || blocking.import_due().await));
    let blocking = state.blocking.clone();
    let jails = keep(KEEP_JAILS).woken_by(Arc::clone(&blocking.jails));
    tasks.spawn(jails.run(async move || blocking.sync_jails().await));
    let blocking = state.blocking.clone();
    tasks.spawn(keep(CHECK_BLOCKED).run(async move || blocking.check().await));
    if let Some(upkeep) = Upkeep::new(state) {
        tasks.spawn(keep(KEEP_ALLOWED).run(async move || upkeep.run().await));
    }
}

/// Puts a task on the board; what it gives runs it.
fn runner(task: Definition, stop: &CancellationToken, state: &WriteState) -> Runner {
    let (entry, orders) = state.tasks.add(task);
    let around = Surroundings {
        reads: Arc::clone(&state.reads.storage),
        writes: Arc::clone(&state.storage),
        clock: Arc::clone(&state.reads.clock),
        stop: stop.clone(),
    };
    Runner::new(around, entry, orders)
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

#[cfg(test)]
mod tests;
