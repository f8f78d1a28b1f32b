SELECT id, host, first, prefix, since, until, reason, by, confirmed, ended_at, ended_by
FROM own_bans
WHERE id < :before
ORDER BY id DESC
LIMIT :limit
