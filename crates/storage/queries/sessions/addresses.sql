SELECT address
FROM sessions
WHERE ends_at > :now
ORDER BY ends_at DESC
LIMIT 1000
