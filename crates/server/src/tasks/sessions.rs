//! Last use and end of sessions, in storage.
use std::sync::Arc;

use domain::{Clock, StorageError, StorageWrites};

use crate::{
    services::session_gate::{SessionGate, Touch},
    state::WriteState,
};

/// What the tasks about sessions need.
#[derive(Clone)]
pub(super) struct SessionTasks {
    gate: Arc<SessionGate>,
    storage: Arc<dyn StorageWrites>,
    clock: Arc<dyn Clock>,
}

impl SessionTasks {
    pub(super) fn new(state: &WriteState) -> Self {
        Self {
            gate: Arc::clone(&state.reads.gate),
            storage: Arc::clone(&state.storage),
            clock: Arc::clone(&state.reads.clock),
        }
    }

    /// Writes down which sessions were used since the last time; answers how many.
    pub(super) async fn write_last_use(&self) -> Result<u64, StorageError> {
        let mut taken = Taken {
            touches: self.gate.take_seen(),
            gate: &self.gate,
            written: false,
        };
        if !taken.touches.is_empty() {
            self.storage.touch_sessions(&taken.touches).await?;
        }
        taken.written = true;
        Ok(u64::try_from(taken.touches.len()).unwrap_or(u64::MAX))
    }

    /// Removes sessions that have ended; answers how many. What storage believes about their last use is brought up to date first, or a session in use
    /// would be removed.
    pub(super) async fn remove_ended(&self) -> Result<u64, StorageError> {
        self.write_last_use().await?;
        self.storage.delete_expired_sessions(self.clock.now()).await
    }
}

/// Touches on their way to storage. They go back when writing fails or is given up.
struct Taken<'g> {
    touches: Vec<Touch>,
    gate: &'g SessionGate,
    written: bool,
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        if !self.written {
            self.gate.put_back(&self.touches);
        }
    }
}

#[cfg(test)]
mod tests;
