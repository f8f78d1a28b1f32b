//! Waking a task before it is due, without a person who says so.
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Notify;

/// Wakes one task. A task that works asks meanwhile whether it should begin anew, as what it goes by has changed.
#[derive(Debug, Default)]
pub(crate) struct Wake {
    notify: Notify,
    is_asked: AtomicBool,
}

impl Wake {
    /// Has the task run now, or begin anew.
    pub(crate) fn wake(&self) {
        self.is_asked.store(true, Ordering::SeqCst);
        self.notify.notify_one();
    }

    /// Waits until the task is woken. Who was woken while nobody waited is woken at once.
    pub(super) async fn woken(&self) {
        self.notify.notified().await;
    }

    /// The task begins: all that was asked for until now is seen to.
    pub(crate) fn begins(&self) {
        self.is_asked.store(false, Ordering::SeqCst);
    }

    /// Whether it should begin anew.
    pub(crate) fn is_asked(&self) -> bool {
        self.is_asked.load(Ordering::SeqCst)
    }
}
