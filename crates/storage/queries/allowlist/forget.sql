DELETE FROM allowlist WHERE id = :id
