//! Which unbans belong to the stop of a jail: a jail that stops unbans everything right before it says that it has stopped.
use std::collections::HashMap;

use domain::JailName;

use super::{
    Machine,
    key_state::{StepKind, Stop},
};
use crate::hear::facts::{LogMemory, Place};

/// Lines that a jail writes only while it runs, so that no unban before them is of a stop after them.
#[derive(Debug, Default)]
pub(super) struct LastRunning {
    by_jail: HashMap<JailName, Place>,
    /// The last line that said that the daemon stops: what was unbanned before is of no jail's stop after it.
    daemon: Option<Place>,
}

impl LastRunning {
    /// The jail banned, or put a ban in force again.
    pub(super) fn jail(&mut self, jail: &JailName, place: Place) {
        match self.by_jail.get_mut(jail) {
            Some(last) => *last = place,
            None => {
                self.by_jail.insert(jail.clone(), place);
            }
        }
    }

    /// The daemon begins to stop.
    pub(super) const fn daemon(&mut self, place: Place) {
        self.daemon = Some(place);
    }

    fn of(&self, jail: &JailName) -> Option<Place> {
        self.by_jail.get(jail).copied().max(self.daemon)
    }
}

impl Machine {
    /// What the lines so far tell about those to come.
    pub(crate) const fn log_memory(&self) -> LogMemory {
        LogMemory {
            stopping: self.stopping,
            logs_failures: self.logs_failures,
        }
    }

    pub(super) fn jail_stopped(&mut self, jail: &JailName) {
        let running = self.last_running.of(jail);
        let states = self.jails.get_mut(jail).into_iter().flatten();
        for (_, state) in states {
            for step in &mut state.queue {
                if let StepKind::Unban { stop, .. } = &mut step.kind
                    && Some(step.place) > running
                {
                    *stop = Stop::Jail.max(*stop);
                }
            }
        }
    }
}
