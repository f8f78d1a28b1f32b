//! A clock that the test sets.
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use domain::{Clock, SystemClock, Timestamp};

/// 2026-11-23T12:00:00Z
const NOON: i64 = 1_795_435_200_000;

/// Stands still at noon of 2026-11-23, or runs with the machine's; moves when told.
pub(crate) struct TestClock {
    runs: bool,
    moved: AtomicI64,
    numbers: AtomicU64,
}

impl TestClock {
    pub(crate) fn stopped() -> Self {
        Self {
            runs: false,
            moved: AtomicI64::new(0),
            numbers: AtomicU64::new(1),
        }
    }

    pub(crate) fn running() -> Self {
        Self {
            runs: true,
            ..Self::stopped()
        }
    }

    /// Moves the present, also back.
    pub(crate) fn advance_seconds(&self, seconds: i64) {
        self.moved.fetch_add(seconds * 1000, Ordering::Relaxed);
    }

    /// 1, 2, 3 …: for names that must differ.
    pub(crate) fn next_number(&self) -> u64 {
        self.numbers.fetch_add(1, Ordering::Relaxed)
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        let start = if self.runs {
            SystemClock.now().as_millis()
        } else {
            NOON
        };
        Timestamp::from_millis(start + self.moved.load(Ordering::Relaxed))
    }
}
