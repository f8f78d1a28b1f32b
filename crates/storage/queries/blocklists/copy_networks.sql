SELECT v4, v6 FROM blocklist_copies WHERE list = :list AND (waits IS NULL) = :in_force
