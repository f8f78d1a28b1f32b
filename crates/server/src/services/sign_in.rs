//! Sign-in: password hashing off the runtime, and limits per address and per account.
use std::sync::Arc;

use domain::Clock;

/// Checks passwords and slows down guessing.
pub struct SignIn {
    #[expect(dead_code, reason = "read by the limits")]
    clock: Arc<dyn Clock>,
}

impl SignIn {
    /// Nobody has tried yet.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock }
    }
}
