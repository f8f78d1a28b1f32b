SELECT task, began_at, took_ms, cause, person, outcome, count, problem FROM task_runs ORDER BY task
