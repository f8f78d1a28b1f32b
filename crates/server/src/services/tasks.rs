//! Scheduled work: how it goes, and having it run at once.
use domain::{AuditAction, NewAuditEntry, TaskName, UserName};

use crate::{
    permission::Author,
    problem::Problem,
    state::{ReadState, WriteState},
    tasks::board::TaskView,
};

/// All tasks, by name.
pub(crate) fn all(state: &ReadState) -> Vec<TaskView> {
    state.tasks.all()
}

/// Has a task run at once, whatever its schedule says; the schedule goes on from then. An order that waits when the server stops is lost.
///
/// # Errors
/// `task-not-found`, `task-running`, and storage's: what is not written down is not done.
pub(crate) async fn run_now(
    state: &WriteState,
    (author, person): (&Author, UserName),
    name: &TaskName,
) -> Result<(), Problem> {
    let order = state.tasks.reserve(name)?;
    let entry = NewAuditEntry {
        target: name.to_string(),
        ..author.entry(state.reads.clock.now(), AuditAction::TaskOrdered)
    };
    state.storage.record(&[entry]).await?;
    order.give(person);
    Ok(())
}
