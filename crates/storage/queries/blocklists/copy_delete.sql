DELETE FROM blocklist_copies WHERE list = :list AND (waits IS NULL) = :in_force AND (:copy IS NULL OR id = :copy)
