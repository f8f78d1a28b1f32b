//! `POST /api/v1/tasks/{name}/run`
use axum::{extract::State, http::StatusCode};
use domain::TaskName;

use crate::{
    extract::{Body, Segments},
    permission::{Caller, TasksRun},
    problem::{Code, Problem},
    routers::v1::hosts::EmptyRequest,
    services::tasks,
    state::WriteState,
};

/// Has a task run at once. Its schedule goes on from there; how it went is in the list.
#[utoipa::path(
    post,
    path = "/tasks/{name}/run",
    tag = "tasks",
    params(("name" = String, Path, description = "Name of the task")),
    request_body = EmptyRequest,
    responses((status = 202, description = "It begins"), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("session" = ["tasks:run"]))
)]
pub(super) async fn run_task(
    caller: Caller<TasksRun>,
    State(state): State<WriteState>,
    Segments(name): Segments<String>,
    Body(EmptyRequest {}): Body<EmptyRequest>,
) -> Result<StatusCode, Problem> {
    let name: TaskName = name.parse().map_err(|_| Problem::new(Code::TaskNotFound))?;
    let person = caller.identity.name.clone();
    tasks::run_now(&state, (&caller.author(), person), &name).await?;
    Ok(StatusCode::ACCEPTED)
}
