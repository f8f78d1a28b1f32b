//! How much one reading may cost.

use std::cell::Cell;

use super::refusal::Refusal;

/// What reading a configuration may cost at most. fail2ban has no such limits: a few lines can ask it for all memory there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one value with everything filled in. The longest stock value has 4 kB.
    pub value_bytes: usize,
    /// Steps of the whole reading, about one for each byte that is written anywhere. A reference counts as 32 of them. All stock
    /// jails together take less than 8 million.
    pub steps: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            value_bytes: 1 << 20,
            steps: 1 << 28,
        }
    }
}

/// The steps that are left.
#[derive(Debug)]
pub(super) struct Budget {
    limits: Limits,
    left: Cell<usize>,
}

impl Budget {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            limits,
            left: Cell::new(limits.steps),
        }
    }

    /// Takes steps, and one for asking.
    pub(super) fn spend(&self, steps: usize) -> Result<(), Refusal> {
        let left = self.left.get().checked_sub(steps.saturating_add(1));
        self.left.set(left.unwrap_or(0));
        left.map(drop).ok_or(Refusal::TooMuch {
            limit: self.limits.steps,
        })
    }

    /// Whether a value may be that long.
    pub(super) fn check_length(&self, bytes: usize) -> Result<(), Refusal> {
        if bytes > self.limits.value_bytes {
            return Err(Refusal::TooLong {
                limit: self.limits.value_bytes,
            });
        }
        Ok(())
    }

    /// Pays for writing a value of that length.
    pub(super) fn value(&self, bytes: usize) -> Result<(), Refusal> {
        self.check_length(bytes)?;
        self.spend(bytes)
    }
}
