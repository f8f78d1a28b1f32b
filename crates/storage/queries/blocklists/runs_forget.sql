DELETE FROM blocklist_runs
WHERE list = :list AND id <= (SELECT id FROM blocklist_runs WHERE list = :list ORDER BY id DESC LIMIT 1 OFFSET :keep)
