INSERT INTO own_bans (host, first, last, prefix, since, until, reason, by)
VALUES (:host, :first, :last, :prefix, :since, :until, :reason, :by)
RETURNING id
