SELECT EXISTS (SELECT 1 FROM blocklists WHERE name = :name COLLATE NOCASE AND id <> :id)
