SELECT address, prefix, text, bans
FROM repeaters INDEXED BY repeaters_bans
WHERE day = :day
ORDER BY bans DESC
LIMIT :limit
