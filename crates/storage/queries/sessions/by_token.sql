SELECT
    s.id, s.user_id, s.created_at, s.last_seen_at, s.idle_expires_at, s.expires_at, s.address, s.user_agent,
    u.name, u.role
FROM sessions AS s
JOIN users AS u ON u.id = s.user_id
WHERE s.token = :token
