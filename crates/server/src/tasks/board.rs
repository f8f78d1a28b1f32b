//! All tasks: when each runs, how it goes, and the way to have one run at once.
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use domain::{Schedule, TaskCause, TaskName, TaskRun, Timestamp, UserName};
use tokio::sync::mpsc;

/// What a task is.
#[derive(Debug, Clone)]
pub(crate) struct Definition {
    /// What it is called.
    pub(crate) name: TaskName,
    /// When it runs.
    pub(crate) schedule: Schedule,
    /// It begins up to so much later than its schedule says, each time anew: what many machines do at the same time of day, they do not do at once.
    pub(crate) jitter: Duration,
    /// How long it may take.
    pub(crate) limit: Duration,
    /// Whether it runs once more when the server stops.
    pub(crate) at_stop: bool,
}

/// Runs of tasks that come this often are not written down: nobody misses one.
const FREQUENT_SECONDS: u32 = 3600;

impl Definition {
    /// Whether its last run is kept over a restart, and one that was missed is caught up with.
    pub(crate) const fn is_remembered(&self) -> bool {
        !matches!(self.schedule, Schedule::Every { seconds } if seconds < FREQUENT_SECONDS)
    }
}

/// A task, and how it goes.
#[derive(Debug, Clone)]
pub(crate) struct TaskView {
    /// What it is.
    pub(crate) definition: Definition,
    /// Since when it runs, and why; `None` while it waits.
    pub(crate) running: Option<(Timestamp, TaskCause)>,
    /// When it is due next; `None` where that is not known yet.
    pub(crate) next_at: Option<Timestamp>,
    /// How it last ran; `None` when it never has.
    pub(crate) last: Option<TaskRun>,
}

/// A task on the board.
pub(crate) struct Entry {
    view: Mutex<TaskView>,
    orders: mpsc::Sender<UserName>,
}

impl Entry {
    pub(crate) fn view(&self) -> TaskView {
        self.now().clone()
    }

    pub(super) fn remember(&self, last: Option<TaskRun>) {
        self.now().last = last;
    }

    pub(super) fn due(&self, at: Timestamp) {
        self.now().next_at = Some(at);
    }

    pub(super) fn begin(&self, at: Timestamp, cause: TaskCause) {
        self.now().running = Some((at, cause));
    }

    pub(super) fn end(&self, run: TaskRun) {
        let mut now = self.now();
        now.running = None;
        now.last = Some(run);
    }

    fn now(&self) -> MutexGuard<'_, TaskView> {
        self.view.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Why a task was not told to run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotOrdered {
    /// There is none of that name.
    Unknown,
    /// It runs, or was just told to.
    Running,
}

#[derive(Default)]
struct Board(Mutex<BTreeMap<TaskName, Arc<Entry>>>);

impl Board {
    fn entries(&self) -> MutexGuard<'_, BTreeMap<TaskName, Arc<Entry>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What can be seen of tasks.
#[derive(Clone, Default)]
pub(crate) struct TaskViews(Arc<Board>);

impl TaskViews {
    /// All tasks, by name.
    pub(crate) fn all(&self) -> Vec<TaskView> {
        self.0
            .entries()
            .values()
            .map(|entry| entry.view())
            .collect()
    }
}

/// What can be done with tasks.
#[derive(Clone)]
pub(crate) struct TaskOrders(Arc<Board>);

impl TaskOrders {
    /// Orders about the tasks that are seen there.
    pub(crate) fn over(views: &TaskViews) -> Self {
        Self(Arc::clone(&views.0))
    }

    /// Puts a task on the board. The other half hears who tells it to run.
    pub(crate) fn add(&self, definition: Definition) -> (Arc<Entry>, mpsc::Receiver<UserName>) {
        // One order waits at most: a task that is told to run twice runs once.
        let (orders, heard) = mpsc::channel(1);
        let name = definition.name.clone();
        let entry = Arc::new(Entry {
            view: Mutex::new(TaskView {
                definition,
                running: None,
                next_at: None,
                last: None,
            }),
            orders,
        });
        self.0.entries().insert(name, Arc::clone(&entry));
        (entry, heard)
    }

    /// A task that can be told to run now.
    ///
    /// # Errors
    /// Where there is none, or it runs.
    pub(crate) fn ready(&self, name: &TaskName) -> Result<Arc<Entry>, NotOrdered> {
        let entries = self.0.entries();
        let entry = entries.get(name).ok_or(NotOrdered::Unknown)?;
        if entry.now().running.is_some() || entry.orders.capacity() == 0 {
            return Err(NotOrdered::Running);
        }
        Ok(Arc::clone(entry))
    }
}

impl Entry {
    /// Tells the task to run at once.
    ///
    /// # Errors
    /// Where it was just told to by somebody else, or the server stops.
    pub(crate) fn order(&self, person: UserName) -> Result<(), NotOrdered> {
        self.orders
            .try_send(person)
            .map_err(|_| NotOrdered::Running)
    }
}
