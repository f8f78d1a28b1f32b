//! The steps of a change, told while they happen.
use std::fmt::Display;

use domain::ApplyStep;

use super::{observer::ApplyPoint, state::Turn};
use crate::core::Core;

/// Tells of each step when it begins and when it ends.
pub(super) struct Steps<'a> {
    pub(super) core: &'a Core,
    pub(super) turn: &'a Turn,
}

impl Steps<'_> {
    /// Does a step.
    pub(super) async fn run<T, E: Display>(
        &self,
        step: ApplyStep,
        work: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        self.run_saying(step, work, ToString::to_string).await
    }

    /// Does a step, and says why it failed in other words than the error's own.
    pub(super) async fn run_saying<T, E>(
        &self,
        step: ApplyStep,
        work: impl Future<Output = Result<T, E>>,
        words: impl FnOnce(&E) -> String,
    ) -> Result<T, E> {
        let clock = &self.core.config.clock;
        let disk = &self.core.configuration.disk;
        self.turn.begin(step, clock.now());
        disk.tell(ApplyPoint::Begins(step));
        let done = work.await;
        let failed = done.as_ref().err().map(words);
        if let Some(why) = &failed {
            tracing::warn!(?step, why, "a step of a change of the configuration failed");
        }
        self.turn.end(clock.now(), failed);
        disk.tell(ApplyPoint::Ends(step));
        done
    }
}
