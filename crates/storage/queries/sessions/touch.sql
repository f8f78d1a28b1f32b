UPDATE sessions
SET last_seen_at = :seen, idle_expires_at = :idle
WHERE id = :id AND last_seen_at <= :seen
