DELETE FROM blocklists WHERE id = :id
