UPDATE allowlist SET removed_at = :at WHERE id = :id AND removed_at IS NULL
