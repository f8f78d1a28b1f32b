//! Scheduled work. Every task is owned by the server's tracker, named by a constant, and stops when told.
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::state::WriteState;

/// Starts all tasks.
pub(crate) fn start(_tasks: &TaskTracker, _stop: &CancellationToken, _state: &WriteState) {}
