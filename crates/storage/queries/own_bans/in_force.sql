SELECT id, host, first, prefix, since, until, reason, by, confirmed, ended_at, ended_by
FROM own_bans INDEXED BY own_bans_over
WHERE over_at > :at
