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

    /// Says that the task runs, until what this gives is told how it ended. One that never is, as the work panicked, is taken for not running.
    pub(super) fn begin(self: &Arc<Self>, at: Timestamp, cause: TaskCause) -> Running {
        self.now().running = Some((at, cause));
        Running(Arc::clone(self))
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
        // One order waits at most.
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

    /// Keeps the right to tell a task to run now, so that nobody else can meanwhile.
    ///
    /// # Errors
    /// Where there is none, or it runs, or somebody else has that right.
    pub(crate) fn reserve(&self, name: &TaskName) -> Result<TaskOrder, NotOrdered> {
        let entries = self.0.entries();
        let entry = entries.get(name).ok_or(NotOrdered::Unknown)?;
        if entry.now().running.is_some() {
            return Err(NotOrdered::Running);
        }
        let orders = entry.orders.clone();
        let permit = orders.try_reserve_owned();
        permit.map(TaskOrder).map_err(|_| NotOrdered::Running)
    }
}

/// The right to tell a task to run.
pub(crate) struct TaskOrder(mpsc::OwnedPermit<UserName>);

impl TaskOrder {
    /// Tells it. One that just began by its schedule runs once more after that.
    pub(crate) fn give(self, person: UserName) {
        self.0.send(person);
    }
}

/// A run that goes on.
pub(super) struct Running(Arc<Entry>);

impl Running {
    pub(super) fn end(self, run: TaskRun) {
        self.0.now().last = Some(run);
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.now().running = None;
    }
}
