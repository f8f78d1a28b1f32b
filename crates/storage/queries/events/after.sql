SELECT e.id, e.at, e.jail, e.kind, e.origin, e.address, e.prefix, e.country, e.asn, e.cause, e.bantime, e.failures, e.ban_count, e.lines, a.name AS actor, t.text AS text
FROM events e LEFT JOIN actors a ON a.id = e.actor LEFT JOIN texts t ON t.id = e.text
WHERE e.id > ?1
ORDER BY e.id
LIMIT ?2
