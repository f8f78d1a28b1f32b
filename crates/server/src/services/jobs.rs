//! Long work: cut into short orders to the host, so that the daemon stays responsive, with progress and an end that can be asked for.
//!
//! One job runs on a host at a time, a few wait. A job ends after its current order when it is cancelled or the server stops; what is done stays done.
//! Its audit entry is written at its end, whatever the end is. A finished job is kept for [`KEPT_SECONDS`].
mod board;
mod run;

pub(crate) use board::{JobKind, JobState, JobView, Jobs};
pub(crate) use run::{BanJob, JobRunner, UnbanJob, unban_orders};

/// How long a finished job can be asked for.
pub(crate) const KEPT_SECONDS: i64 = 15 * 60;
/// The most jobs that run or wait on a host.
pub(crate) const MAX_UNFINISHED: usize = 4;
/// The most finished jobs that are kept; beyond it the oldest go.
pub(crate) const MAX_FINISHED: usize = 100;
