UPDATE allowlist SET note = :note, expires_at = :expires_at WHERE id = :id AND removed_at IS NULL
