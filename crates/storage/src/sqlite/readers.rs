//! Read-only connections, lent one at a time.
use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use domain::StorageError;
use rusqlite::Connection;
use tokio::{
    runtime::{Handle, RuntimeFlavor},
    sync::{OwnedSemaphorePermit, Semaphore},
    task, time,
};

use super::{
    error::{driver, unpanicked},
    history::States,
};

/// The connections that read.
pub(super) struct Readers {
    idle: Arc<Mutex<Vec<Connection>>>,
    permits: Arc<Semaphore>,
    count: u32,
    patience: Duration,
    states: Arc<States>,
}

impl Readers {
    /// Lends these connections; a call waits at most `patience` for one.
    pub(super) fn new(
        connections: Vec<Connection>,
        patience: Duration,
        states: Arc<States>,
    ) -> Self {
        Self {
            states,
            permits: Arc::new(Semaphore::new(connections.len())),
            count: u32::try_from(connections.len()).unwrap_or(u32::MAX),
            idle: Arc::new(Mutex::new(connections)),
            patience,
        }
    }

    /// Runs a query where it may block. A caller that goes away does not free the connection before the query ends.
    pub(super) async fn run<T, F>(&self, query: F) -> Result<T, StorageError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, StorageError> + Send + 'static,
    {
        let lease = self.lend().await?;
        let work = move || unpanicked("a question panicked", || lease.ask(query));
        // Most questions take a tenth of a millisecond, and so does the way to a thread of the blocking pool and back. Where the runtime has several
        // threads it gives this one's other tasks to the next, and the question is asked here.
        if Handle::current().runtime_flavor() == RuntimeFlavor::MultiThread {
            return task::block_in_place(work);
        }
        task::spawn_blocking(work)
            .await
            .map_err(|error| StorageError::Driver(Box::new(error)))?
    }

    async fn lend(&self) -> Result<Lease, StorageError> {
        let acquired = Arc::clone(&self.permits).acquire_owned();
        let permit = time::timeout(self.patience, acquired)
            .await
            .map_err(|_| StorageError::Busy)?
            .map_err(|_| StorageError::Closed)?;
        Ok(Lease {
            connection: lock(&self.idle).pop(),
            idle: Arc::clone(&self.idle),
            _permit: permit,
        })
    }

    /// The recent events that belong to what is read.
    pub(super) const fn states(&self) -> &Arc<States> {
        &self.states
    }

    /// Lets the queries that run or wait finish, refuses later ones, closes.
    pub(super) async fn close(&self) {
        // The semaphore is fair: this waits behind everything that came before.
        if self.permits.acquire_many(self.count).await.is_ok() {
            self.permits.close();
            lock(&self.idle).clear();
        }
    }
}

impl fmt::Debug for Readers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Readers")
            .field("free", &self.permits.available_permits())
            .finish_non_exhaustive()
    }
}

/// A connection on loan; comes back when dropped, so also when a query panics.
struct Lease {
    connection: Option<Connection>,
    idle: Arc<Mutex<Vec<Connection>>>,
    // Dropped after the connection is back: whoever gets the permit finds one.
    _permit: OwnedSemaphorePermit,
}

impl Lease {
    fn ask<T>(
        &self,
        query: impl FnOnce(&Connection) -> Result<T, StorageError>,
    ) -> Result<T, StorageError> {
        let connection = self.connection.as_ref().ok_or(StorageError::Closed)?;
        // All statements of a question see one moment, and the log is locked once and not by each.
        let moment = connection.unchecked_transaction().map_err(driver)?;
        query(&moment)
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        lock(&self.idle).extend(self.connection.take());
    }
}

/// A panic cannot leave the list half changed, so a poisoned lock is as good as any.
fn lock(idle: &Mutex<Vec<Connection>>) -> std::sync::MutexGuard<'_, Vec<Connection>> {
    idle.lock().unwrap_or_else(PoisonError::into_inner)
}
