INSERT INTO own_bans (host, first, last, prefix, since, until, reason, by, confirmed)
VALUES (:host, :first, :last, :prefix, :since, :until, :reason, :by, :confirmed)
RETURNING id
