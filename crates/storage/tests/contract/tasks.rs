//! Last runs of tasks.
use domain::{Storage, TaskCause, TaskName, TaskOutcome, TaskRun};

use super::make;

fn run(cause: TaskCause, outcome: TaskOutcome) -> TaskRun {
    TaskRun {
        began_at: make::at(42_000),
        took_ms: 7,
        cause,
        outcome,
    }
}

pub(crate) async fn runs_kept_are_read_back_as_they_were_by_name(storage: &dyn Storage) {
    let problem = "the disk is full".to_owned();
    let runs = [
        ("a", TaskCause::Schedule, TaskOutcome::Done { count: 0 }),
        (
            "b",
            TaskCause::Missed,
            TaskOutcome::Done { count: u64::MAX },
        ),
        (
            "c",
            TaskCause::Person(make::name("root")),
            TaskOutcome::Failed { problem },
        ),
        ("d", TaskCause::Schedule, TaskOutcome::TookTooLong),
    ];
    let runs: Vec<(TaskName, TaskRun)> = runs
        .into_iter()
        .map(|(name, cause, outcome)| (name.parse().unwrap(), run(cause, outcome)))
        .collect();
    assert_eq!(storage.reads().last_task_runs().await.unwrap(), []);
    for (name, run) in runs.iter().rev() {
        storage.writes().keep_task_run(name, run).await.unwrap();
    }
    assert_eq!(storage.reads().last_task_runs().await.unwrap(), runs);
}

pub(crate) async fn run_kept_again_replaces_the_one_before(storage: &dyn Storage) {
    let name = TaskName::of("history-retention");
    let first = run(
        TaskCause::Person(make::name("root")),
        TaskOutcome::Done { count: 3 },
    );
    let second = TaskRun {
        began_at: make::at(50_000),
        ..run(TaskCause::Schedule, TaskOutcome::TookTooLong)
    };
    for run in [&first, &second] {
        storage.writes().keep_task_run(&name, run).await.unwrap();
    }
    let kept = storage.reads().last_task_runs().await.unwrap();
    assert_eq!(kept, [(name, second)]);
}
