SELECT at, id, prefix, jail, kind, address
FROM events INDEXED BY events_time
WHERE at >= :from AND at < :until
ORDER BY at DESC
