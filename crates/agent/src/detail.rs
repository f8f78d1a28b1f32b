//! The answers about single jails: asked once whoever asks, kept for a few seconds.
use std::{
    collections::HashMap,
    future::Future,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use domain::{HostError, JailDetail, JailName};

type Answer = Result<JailDetail, HostError>;

/// Locked while the daemon is asked; those who wait for the lock then find the answer.
type Slot = Arc<tokio::sync::Mutex<Option<(Instant, Answer)>>>;

/// The last answer about each jail.
pub(crate) struct Details {
    keep: Duration,
    slots: Mutex<HashMap<JailName, Slot>>,
}

impl Details {
    pub(crate) fn new(keep: Duration) -> Self {
        Self {
            keep,
            slots: Mutex::default(),
        }
    }

    /// The answer about a jail: a fresh one that is there, or one from `ask`.
    ///
    /// An error is shared by those who waited for it and not kept: with a daemon that hangs each of them would else wait in turn.
    pub(crate) async fn get(
        &self,
        name: &JailName,
        ask: impl Future<Output = Answer> + Send,
    ) -> Answer {
        let came = Instant::now();
        let slot = self.slot(name);
        let mut last = slot.lock().await;
        if let Some((answered, answer)) = &*last {
            let fresh = answer.is_ok() && answered.elapsed() < self.keep;
            if fresh || *answered >= came {
                return answer.clone();
            }
        }
        let answer = ask.await;
        *last = Some((Instant::now(), answer.clone()));
        answer
    }

    /// Forgets a jail, after it was changed. Who asks from now on gets a new answer, also while an old question is under way.
    pub(crate) fn forget(&self, name: &JailName) {
        self.lock().remove(name);
    }

    /// Forgets all jails.
    pub(crate) fn clear(&self) {
        self.lock().clear();
    }

    fn slot(&self, name: &JailName) -> Slot {
        self.lock().entry(name.clone()).or_default().clone()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<JailName, Slot>> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
