UPDATE blocklist_copies SET waits = NULL WHERE list = :list AND (waits IS NULL) = 0 AND id = :copy
