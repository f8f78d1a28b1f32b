//! Rows of `task_runs`.
use domain::{StorageError, TaskCause, TaskName, TaskOutcome, TaskRun, Timestamp};
use rusqlite::{Connection, Row, named_params};

use super::{error::driver, queries};

const TABLE: &str = "task_runs";

/// The last run of each task that has one; there are a few dozen tasks at most.
pub(super) fn last_runs(connection: &Connection) -> Result<Vec<(TaskName, TaskRun)>, StorageError> {
    let mut statement = connection
        .prepare_cached(queries::TASKS_LAST_RUNS)
        .map_err(driver)?;
    let mut rows = statement.query([]).map_err(driver)?;
    let mut runs = Vec::new();
    while let Some(row) = rows.next().map_err(driver)? {
        runs.push((name(row)?, run(row)?));
    }
    Ok(runs)
}

/// Replaces the last run of a task.
pub(super) fn keep_run(
    connection: &Connection,
    task: &TaskName,
    run: &TaskRun,
) -> Result<(), StorageError> {
    let (cause, person) = cause_columns(&run.cause);
    let (outcome, count, problem) = match &run.outcome {
        TaskOutcome::Done { count } => ("done", Some(count.cast_signed()), None),
        TaskOutcome::Failed { problem } => ("failed", None, Some(problem)),
        TaskOutcome::TookTooLong => ("took-too-long", None, None),
    };
    connection
        .prepare_cached(queries::TASKS_KEEP_RUN)
        .and_then(|mut statement| {
            statement.execute(named_params! {
                ":task": task.as_str(),
                ":began_at": run.began_at.as_millis(),
                ":took_ms": run.took_ms.cast_signed(),
                ":cause": cause,
                ":person": person,
                ":outcome": outcome,
                ":count": count,
                ":problem": problem,
            })
        })
        .map(|_| ())
        .map_err(driver)
}

fn name(row: &Row<'_>) -> Result<TaskName, StorageError> {
    let name: String = row.get("task").map_err(driver)?;
    name.parse().map_err(|_| inconsistent("task is no name"))
}

fn run(row: &Row<'_>) -> Result<TaskRun, StorageError> {
    let number = |column| row.get::<_, i64>(column).map_err(driver);
    Ok(TaskRun {
        began_at: Timestamp::from_millis(number("began_at")?),
        took_ms: number("took_ms")?.cast_unsigned(),
        cause: cause(row)?,
        outcome: outcome(row)?,
    })
}

/// What made something run, as its columns `cause` and `person`.
pub(super) fn cause_columns(cause: &TaskCause) -> (&'static str, Option<&str>) {
    match cause {
        TaskCause::Schedule => ("schedule", None),
        TaskCause::Missed => ("missed", None),
        TaskCause::Person(name) => ("person", Some(name.as_str())),
    }
}

/// What those columns say.
pub(super) fn cause(row: &Row<'_>) -> Result<TaskCause, StorageError> {
    let cause: String = row.get("cause").map_err(driver)?;
    match &*cause {
        "schedule" => Ok(TaskCause::Schedule),
        "missed" => Ok(TaskCause::Missed),
        "person" => {
            let person: String = row.get("person").map_err(driver)?;
            let person = person.parse();
            Ok(TaskCause::Person(
                person.map_err(|_| inconsistent("person is no name"))?,
            ))
        }
        _ => Err(inconsistent("cause is none of those that there are")),
    }
}

fn outcome(row: &Row<'_>) -> Result<TaskOutcome, StorageError> {
    let outcome: String = row.get("outcome").map_err(driver)?;
    match &*outcome {
        "done" => {
            let count: i64 = row.get("count").map_err(driver)?;
            Ok(TaskOutcome::Done {
                count: count.cast_unsigned(),
            })
        }
        "failed" => Ok(TaskOutcome::Failed {
            problem: row.get("problem").map_err(driver)?,
        }),
        "took-too-long" => Ok(TaskOutcome::TookTooLong),
        _ => Err(inconsistent("outcome is none of those that there are")),
    }
}

const fn inconsistent(what: &'static str) -> StorageError {
    StorageError::Inconsistent { table: TABLE, what }
}
