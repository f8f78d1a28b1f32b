SELECT id, host, first, prefix, since, until, reason, by, ended_at, ended_by
FROM own_bans
WHERE id < :before
ORDER BY id DESC
LIMIT :limit
