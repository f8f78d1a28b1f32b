//! `GET /api/v1/tasks`
use axum::{Json, extract::State};
use domain::{Schedule, TaskCause, TaskOutcome, TaskRun, Weekday};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    permission::{Caller, TasksRead},
    problem::Problem,
    services::tasks,
    state::ReadState,
    tasks::board::TaskView,
};

/// What runs on a schedule, by name.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TaskList {
    /// The tasks.
    items: Vec<TaskBody>,
}

/// A task, and how it goes.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct TaskBody {
    /// Its name.
    name: String,
    /// When it runs.
    schedule: ScheduleBody,
    /// After how many seconds a run is ended.
    limit_seconds: u64,
    /// Since when it runs; `null` while it waits.
    running_since: Option<String>,
    /// When it is due next; `null` where that is not known yet.
    next_at: Option<String>,
    /// How it last ran; `null` when it never has.
    last: Option<TaskRunBody>,
}

/// When a task runs.
#[derive(Debug, Serialize, ToSchema)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
enum ScheduleBody {
    /// Again so long after it began.
    Every {
        /// In seconds.
        seconds: u32,
    },
    /// Once a day.
    Daily {
        /// The time of day in the zone of the settings, as `03:30`.
        at: String,
    },
    /// Once a week.
    Weekly {
        /// The day.
        day: DayBody,
        /// The time of day in the zone of the settings, as `03:30`.
        at: String,
    },
}

/// A day of the week.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
enum DayBody {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

/// A run that has ended.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct TaskRunBody {
    /// When it began.
    began_at: String,
    /// How many milliseconds it took.
    took_ms: u64,
    /// What made it run.
    cause: CauseBody,
    /// Who told it to run; `null` where nobody did.
    by: Option<String>,
    /// What came of it.
    outcome: OutcomeBody,
    /// What it counts, such as rows removed; `null` where it did not come to its end.
    count: Option<u64>,
    /// Why it failed; `null` where it did not.
    problem: Option<String>,
}

/// What made a task run.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
enum CauseBody {
    /// Its schedule.
    Schedule,
    /// Its schedule while BanGUI did not run: it was caught up with at the start.
    Missed,
    /// A person.
    Person,
}

/// What came of a run.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
enum OutcomeBody {
    /// It came to its end.
    Done,
    /// It failed.
    Failed,
    /// It took longer than it may, and was ended.
    TookTooLong,
}

impl From<TaskView> for TaskBody {
    fn from(task: TaskView) -> Self {
        Self {
            name: task.definition.name.to_string(),
            schedule: task.definition.schedule.into(),
            limit_seconds: task.definition.limit.as_secs(),
            running_since: task.running.map(|(at, _)| at.to_string()),
            next_at: task.next_at.map(|at| at.to_string()),
            last: task.last.map(TaskRunBody::from),
        }
    }
}

impl From<Schedule> for ScheduleBody {
    fn from(schedule: Schedule) -> Self {
        match schedule {
            Schedule::Every { seconds } => Self::Every { seconds },
            Schedule::Daily { at } => Self::Daily { at: at.to_string() },
            Schedule::Weekly { day, at } => Self::Weekly {
                day: day.into(),
                at: at.to_string(),
            },
        }
    }
}

impl From<Weekday> for DayBody {
    fn from(day: Weekday) -> Self {
        match day {
            Weekday::Monday => Self::Monday,
            Weekday::Tuesday => Self::Tuesday,
            Weekday::Wednesday => Self::Wednesday,
            Weekday::Thursday => Self::Thursday,
            Weekday::Friday => Self::Friday,
            Weekday::Saturday => Self::Saturday,
            Weekday::Sunday => Self::Sunday,
        }
    }
}

impl From<TaskRun> for TaskRunBody {
    fn from(run: TaskRun) -> Self {
        let (cause, by) = match run.cause {
            TaskCause::Schedule => (CauseBody::Schedule, None),
            TaskCause::Missed => (CauseBody::Missed, None),
            TaskCause::Person(name) => (CauseBody::Person, Some(name.to_string())),
        };
        let (outcome, count, problem) = match run.outcome {
            TaskOutcome::Done { count } => (OutcomeBody::Done, Some(count), None),
            TaskOutcome::Failed { problem } => (OutcomeBody::Failed, None, Some(problem)),
            TaskOutcome::TookTooLong => (OutcomeBody::TookTooLong, None, None),
        };
        Self {
            began_at: run.began_at.to_string(),
            took_ms: run.took_ms,
            cause,
            by,
            outcome,
            count,
            problem,
        }
    }
}

/// All tasks: when they run, how they last ran, and when they are due next.
#[utoipa::path(
    get,
    path = "/tasks",
    tag = "tasks",
    responses((status = 200, body = TaskList), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("session" = ["tasks:read"]))
)]
pub(super) async fn list_tasks(
    _: Caller<TasksRead>,
    State(state): State<ReadState>,
) -> Json<TaskList> {
    let items = tasks::all(&state).into_iter().map(TaskBody::from);
    Json(TaskList {
        items: items.collect(),
    })
}
