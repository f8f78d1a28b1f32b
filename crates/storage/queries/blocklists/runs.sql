SELECT list, began_at, took_ms, cause, person, outcome, waits, problem, why, bytes, parsed, masked, junk, junk_examples, too_wide, special,
    subtracted, left_out, networks, added, removed
FROM blocklist_runs
WHERE list = :list
ORDER BY id DESC
LIMIT :limit
