//! What was last heard of each jail.
use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use domain::{JailName, Timestamp};

/// What was last heard of a jail since this agent began.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Seen {
    /// The last failure.
    pub(crate) failure_at: Option<Timestamp>,
    /// The last ban.
    pub(crate) ban_at: Option<Timestamp>,
    /// Milliseconds from the time of the last failure's own line to the time at which fail2ban found it: large where the service's clock or zone differs, or an old log is read.
    pub(crate) delay_millis: Option<i64>,
}

/// What was last heard of each jail.
#[derive(Debug, Default)]
pub(crate) struct LastSeen {
    jails: Mutex<HashMap<JailName, Seen>>,
}

impl LastSeen {
    /// Of one jail.
    pub(crate) fn of(&self, jail: &JailName) -> Seen {
        self.lock().get(jail).copied().unwrap_or_default()
    }

    pub(super) fn failure(&self, jail: &JailName, at: Timestamp, found: Timestamp) {
        self.change(jail, |seen| {
            seen.failure_at = seen.failure_at.max(Some(at));
            seen.delay_millis = Some(found.millis_since(at));
        });
    }

    pub(super) fn ban(&self, jail: &JailName, at: Timestamp) {
        self.change(jail, |seen| seen.ban_at = seen.ban_at.max(Some(at)));
    }

    fn change(&self, jail: &JailName, change: impl FnOnce(&mut Seen)) {
        let mut jails = self.lock();
        if let Some(seen) = jails.get_mut(jail) {
            change(seen);
        } else {
            change(jails.entry(jail.clone()).or_default());
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<JailName, Seen>> {
        self.jails.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
