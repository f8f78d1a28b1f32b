//! How much of the daemon's time reading may take.
use std::time::{Duration, Instant};

/// The daemon answers nobody else while it lists the bans of a jail: 10 ms for 1,000 of them, 1 s for 100,000.
/// So lists are paid for from an account that fills with this part of the time.
const SHARE: f64 = 0.05;

/// What can be saved up: as many small lists as are likely to change at once.
const MAX_SAVED: Duration = Duration::from_millis(100);

/// An account of time, in seconds; below zero is debt that must be waited off.
#[derive(Debug)]
pub(crate) struct Budget {
    saved: f64,
    counted: Instant,
}

impl Budget {
    pub(crate) fn new(now: Instant) -> Self {
        Self {
            saved: MAX_SAVED.as_secs_f64(),
            counted: now,
        }
    }

    /// Whether something may be asked now.
    pub(crate) fn allows(&mut self, now: Instant) -> bool {
        let passed = now.saturating_duration_since(self.counted).as_secs_f64();
        self.counted = now;
        self.saved = SHARE
            .mul_add(passed, self.saved)
            .min(MAX_SAVED.as_secs_f64());
        self.saved > 0.0
    }

    /// Counts what was asked.
    pub(crate) fn spend(&mut self, cost: Duration) {
        self.saved -= cost.as_secs_f64();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn budget_after_a_second_spent_is_empty_for_twenty_seconds() {
        let start = Instant::now();
        let mut budget = Budget::new(start);
        assert!(budget.allows(start));
        budget.spend(Duration::from_secs(1));
        assert!(!budget.allows(start + Duration::from_secs(17)));
        assert!(budget.allows(start + Duration::from_secs(19)));
    }

    #[test]
    fn budget_of_a_long_rest_is_limited() {
        let start = Instant::now();
        let mut budget = Budget::new(start);
        let later = start + Duration::from_hours(1);
        assert!(budget.allows(later));
        budget.spend(Duration::from_millis(101));
        assert!(!budget.allows(later));
    }
}
