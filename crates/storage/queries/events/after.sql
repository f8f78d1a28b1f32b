SELECT id, at, jail, kind, origin, address, prefix, country, asn, cause, bantime, failures, ban_count, lines, actor, text
FROM events
WHERE id > ?1
ORDER BY id
LIMIT ?2
