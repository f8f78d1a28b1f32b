INSERT INTO task_runs (task, began_at, took_ms, cause, person, outcome, count, problem)
VALUES (:task, :began_at, :took_ms, :cause, :person, :outcome, :count, :problem)
ON CONFLICT (task) DO UPDATE SET began_at = excluded.began_at, took_ms = excluded.took_ms, cause = excluded.cause, person = excluded.person,
    outcome = excluded.outcome, count = excluded.count, problem = excluded.problem
