//! A write and the caller that waits for it.
use domain::StorageError;
use rusqlite::{Connection, Transaction};
use tokio::sync::oneshot;

use super::super::error::{driver, unpanicked};

/// A write as the thread sees it: without the type of its answer.
pub(super) trait Command: Send {
    /// Runs within a savepoint, which is undone on an error, and keeps the result. May be called again.
    fn apply(&mut self, transaction: &mut Transaction<'_>);

    /// Takes the error out of the result.
    fn take_error(&mut self) -> StorageError;

    /// Tells the caller the result, an error as `refine` sees it.
    fn answer(self: Box<Self>, refine: &dyn Fn(StorageError) -> StorageError);

    /// Tells the caller that nothing was written.
    fn refuse(self: Box<Self>, error: StorageError);
}

/// A closure with the way back to its caller.
pub(super) struct Job<T, F> {
    work: F,
    reply: oneshot::Sender<Result<T, StorageError>>,
    result: Result<T, StorageError>,
}

impl<T, F> Job<T, F> {
    /// A job that has not run.
    pub(super) fn new(work: F, reply: oneshot::Sender<Result<T, StorageError>>) -> Self {
        Self {
            work,
            reply,
            result: Err(StorageError::Closed),
        }
    }
}

impl<T, F> Command for Job<T, F>
where
    T: Send,
    F: Fn(&Connection) -> Result<T, StorageError> + Send,
{
    fn apply(&mut self, transaction: &mut Transaction<'_>) {
        self.result = transaction
            .savepoint()
            .map_err(driver)
            .and_then(|savepoint| {
                let value = unpanicked("a write panicked", || (self.work)(&savepoint))?;
                savepoint.commit().map_err(driver)?;
                Ok(value)
            });
    }

    fn take_error(&mut self) -> StorageError {
        std::mem::replace(&mut self.result, Err(StorageError::Closed))
            .err()
            .unwrap_or_else(|| StorageError::Driver("a write ended its transaction".into()))
    }

    fn answer(self: Box<Self>, refine: &dyn Fn(StorageError) -> StorageError) {
        // A caller that has gone away does not need the answer.
        let _ = self.reply.send(self.result.map_err(refine));
    }

    fn refuse(self: Box<Self>, error: StorageError) {
        let _ = self.reply.send(Err(error));
    }
}
