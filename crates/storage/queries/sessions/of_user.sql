SELECT id, user_id, created_at, last_seen_at, idle_expires_at, expires_at, address, user_agent
FROM sessions
WHERE user_id = :user AND ends_at > :now
ORDER BY last_seen_at DESC, id DESC
LIMIT 200
