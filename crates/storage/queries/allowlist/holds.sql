SELECT EXISTS (
    SELECT 1 FROM allowlist
    WHERE subject = :subject AND host IS :host AND removed_at IS NULL AND (expires_at IS NULL OR expires_at > :now)
)
