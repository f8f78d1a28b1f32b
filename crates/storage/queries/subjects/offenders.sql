SELECT address, prefix, text, bans
FROM offenders INDEXED BY offenders_bans
WHERE bans > 0
ORDER BY bans DESC
LIMIT :limit
