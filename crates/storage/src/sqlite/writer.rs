//! The one thread that writes. What waits goes into one transaction, and so pays for one fsync.
mod job;

use std::{
    fmt,
    path::Path,
    sync::Arc,
    thread::{self, JoinHandle},
    time::Duration,
};

use domain::StorageError;
use rusqlite::{Connection, TransactionBehavior};
use tokio::{
    sync::{
        Mutex, mpsc,
        mpsc::error::{SendTimeoutError, TryRecvError},
        oneshot,
    },
    task,
};

use self::job::{Command, Job};
use super::{
    error::{OpenError, driver, is_io, unpanicked},
    history::{States, settle_step},
    open::is_read_only,
};

/// The most commands in one transaction, so that the first does not wait long for the last.
const GROUP: usize = 64;

enum Message {
    Write(Box<dyn Command>),
    Close,
    /// Not sent: nothing waits.
    Nothing,
}

/// The way to the thread that writes.
pub(super) struct Writer {
    queue: mpsc::Sender<Message>,
    patience: Duration,
    states: Arc<States>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Writer {
    /// Starts the thread on its connection.
    pub(super) fn start(
        connection: Connection,
        path: &Arc<Path>,
        (patience, waiting): (Duration, usize),
        states: &Arc<States>,
    ) -> Result<Self, OpenError> {
        let (queue, waiting) = mpsc::channel(waiting.max(1));
        let thread = Thread {
            connection,
            waiting,
            path: Arc::clone(path),
            states: Arc::clone(states),
            settles: true,
        };
        let thread = thread::Builder::new()
            .name("storage-writer".to_owned())
            .spawn(move || thread.run())
            .map_err(|source| OpenError::Failed {
                path: path.to_path_buf(),
                source: Box::new(source),
            })?;
        Ok(Self {
            queue,
            patience,
            states: Arc::clone(states),
            thread: Mutex::new(Some(thread)),
        })
    }

    /// The recent events that belong to what is written.
    pub(super) const fn states(&self) -> &Arc<States> {
        &self.states
    }

    /// Runs a command; when this answers `Ok`, what it wrote is on the disk.
    ///
    /// The command may be run again if the transaction of its group is lost, so it must depend on nothing but the database. Once it
    /// waits in the queue it is carried out, also when the caller has gone away.
    pub(super) async fn run<T, F>(&self, work: F) -> Result<T, StorageError>
    where
        T: Send + 'static,
        F: Fn(&Connection) -> Result<T, StorageError> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        self.queue
            .send_timeout(
                Message::Write(Box::new(Job::new(work, reply))),
                self.patience,
            )
            .await
            .map_err(|error| match error {
                SendTimeoutError::Timeout(_) => StorageError::Busy,
                SendTimeoutError::Closed(_) => StorageError::Closed,
            })?;
        answer.await.unwrap_or(Err(StorageError::Closed))
    }

    /// Writes what waits, refuses what comes later, folds the log into the file, and ends the thread.
    pub(super) async fn close(&self) {
        // Held until the thread has ended, so that a second close does not answer before the first.
        let mut thread = self.thread.lock().await;
        let Some(running) = thread.take() else {
            return;
        };
        if self.queue.send(Message::Close).await.is_err() {
            tracing::error!("the storage writer had ended before it was closed");
        }
        if !matches!(task::spawn_blocking(|| running.join()).await, Ok(Ok(()))) {
            tracing::error!("the storage writer did not end well");
        }
    }
}

impl fmt::Debug for Writer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Writer")
            .field("room", &self.queue.capacity())
            .finish_non_exhaustive()
    }
}

struct Thread {
    connection: Connection,
    waiting: mpsc::Receiver<Message>,
    path: Arc<Path>,
    states: Arc<States>,
    /// False after a failure to work recent events into the tables, until something else has been written.
    settles: bool,
}

impl Thread {
    /// Ends when it is told to close, or when everyone who could send has gone; in both cases after the last command.
    fn run(mut self) {
        while let Some(message) = self.next_message() {
            match message {
                Message::Write(command) => self.write(command),
                Message::Close => self.waiting.close(),
                Message::Nothing => {}
            }
            if self.wants_to_settle() {
                self.settle();
            }
            while self.settles && self.states.must_settle() {
                self.settle();
            }
        }
        if let Err((_, error)) = self.connection.close() {
            tracing::error!(error = %error, "the database did not close well");
        }
    }

    /// The next message; while there is something to work into the tables, `Nothing` when none waits. `None` at the end.
    fn next_message(&mut self) -> Option<Message> {
        if !self.wants_to_settle() {
            return self.waiting.blocking_recv();
        }
        match self.waiting.try_recv() {
            Ok(message) => Some(message),
            Err(TryRecvError::Empty) => Some(Message::Nothing),
            Err(TryRecvError::Disconnected) => None,
        }
    }

    fn wants_to_settle(&self) -> bool {
        self.settles && self.states.wants_to_settle()
    }

    /// Works a part of the recent events into the tables.
    fn settle(&mut self) {
        // Lost with a power cut, it is done again: nothing is only in the tables that the journal had not before.
        let settled = self
            .synchronous("NORMAL")
            .and_then(|()| settle(&mut self.connection, &self.states));
        if let Err(error) = settled.and(self.synchronous("FULL")) {
            self.settles = false;
            self.states.retract(&self.connection);
            tracing::warn!(error = %error, "recent events could not be worked into the tables; tried again with the next write");
        }
    }

    fn synchronous(&self, how: &str) -> Result<(), StorageError> {
        self.connection
            .pragma_update(None, "synchronous", how)
            .map_err(driver)
    }

    fn next(&mut self) -> Option<Box<dyn Command>> {
        loop {
            match self.waiting.try_recv().ok()? {
                Message::Write(command) => return Some(command),
                Message::Close => self.waiting.close(),
                Message::Nothing => {}
            }
        }
    }

    /// Writes a command, and with it what waits by then.
    fn write(&mut self, first: Box<dyn Command>) {
        let mut group = vec![first];
        while group.len() < GROUP
            && let Some(command) = self.next()
        {
            group.push(command);
        }
        self.settles = true;
        match transact(&mut self.connection, &self.states, &mut group) {
            Ok(()) => self.answer(group),
            // Each for itself: the others do not pay for the one that, say, filled the disk.
            Err(Lost::Group(_)) if group.len() > 1 => {
                for command in group {
                    self.write_alone(command);
                }
            }
            Err(Lost::Group(error)) => self.refuse(group, error),
            Err(Lost::Start(error)) => {
                // Who waits now has waited as long as the first; one time limit for each would add up to minutes.
                while let Some(command) = self.next() {
                    group.push(command);
                }
                self.refuse(group, error);
            }
        }
    }

    fn write_alone(&mut self, command: Box<dyn Command>) {
        let mut group = vec![command];
        match transact(&mut self.connection, &self.states, &mut group) {
            Ok(()) => self.answer(group),
            Err(Lost::Group(error) | Lost::Start(error)) => self.refuse(group, error),
        }
    }

    fn answer(&self, group: Vec<Box<dyn Command>>) {
        for command in group {
            command.answer(&|error| refine(&self.path, error));
        }
    }

    fn refuse(&self, group: Vec<Box<dyn Command>>, error: StorageError) {
        let error = refine(&self.path, error);
        for command in group {
            command.refuse(same(&error));
        }
    }
}

/// Where a transaction was lost.
enum Lost {
    /// Before its first command: no command is to blame.
    Start(StorageError),
    /// With all that its commands had done.
    Group(StorageError),
}

/// Runs the commands in one transaction. A command that fails is undone alone and keeps its error; the others stand.
fn transact(
    connection: &mut Connection,
    states: &States,
    group: &mut [Box<dyn Command>],
) -> Result<(), Lost> {
    states.begin();
    let done = commit(connection, states, group);
    if done.is_err() {
        states.retract(connection);
    }
    done
}

fn commit(
    connection: &mut Connection,
    states: &States,
    group: &mut [Box<dyn Command>],
) -> Result<(), Lost> {
    let mut transaction = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(|error| Lost::Start(driver(error)))?;
    for command in group {
        command.apply(&mut transaction);
        // SQLite undoes the whole transaction for some errors, such as a full disk.
        if transaction.is_autocommit() {
            return Err(Lost::Group(command.take_error()));
        }
    }
    states.publish(&transaction).map_err(Lost::Group)?;
    transaction
        .commit()
        .map_err(|error| Lost::Group(driver(error)))?;
    states.committed();
    Ok(())
}

/// Works a part of the recent events into the tables. Without a savepoint, which would copy every page that changes: nothing else is in the transaction.
fn settle(connection: &mut Connection, states: &States) -> Result<(), StorageError> {
    states.begin();
    let transaction = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(driver)?;
    unpanicked("a write panicked", || settle_step(&transaction, states))?;
    states.publish(&transaction)?;
    transaction.commit().map_err(driver)?;
    states.committed();
    Ok(())
}

/// A file system that the system turned read-only after an error shows as an input/output error.
fn refine(path: &Path, error: StorageError) -> StorageError {
    if is_io(&error) && is_read_only(path) {
        return StorageError::ReadOnly;
    }
    error
}

/// The same error once more, for the others of a group; the cause as text.
fn same(error: &StorageError) -> StorageError {
    match error {
        StorageError::Busy => StorageError::Busy,
        StorageError::ReadOnly => StorageError::ReadOnly,
        StorageError::DiskFull => StorageError::DiskFull,
        StorageError::Driver(cause) => StorageError::Driver(cause.to_string().into()),
        other => StorageError::Driver(other.to_string().into()),
    }
}

#[cfg(test)]
mod tests;
