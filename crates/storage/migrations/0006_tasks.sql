-- The last run of each task that is not run every few moments: a start that finds one overdue catches up with it.
CREATE TABLE task_runs (
    task TEXT NOT NULL PRIMARY KEY,
    began_at INTEGER NOT NULL,
    took_ms INTEGER NOT NULL CHECK (took_ms >= 0),
    cause TEXT NOT NULL CHECK (cause IN ('schedule', 'missed', 'person')),
    person TEXT CHECK ((person IS NOT NULL) = (cause = 'person')),
    outcome TEXT NOT NULL CHECK (outcome IN ('done', 'failed', 'took-too-long')),
    count INTEGER CHECK ((count IS NOT NULL) = (outcome = 'done')),
    problem TEXT CHECK ((problem IS NOT NULL) = (outcome = 'failed'))
) STRICT, WITHOUT ROWID;
