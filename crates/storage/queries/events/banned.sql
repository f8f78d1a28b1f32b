SELECT id, prefix, jail, address, text, at
FROM events INDEXED BY events_time
WHERE at >= :from AND at < :until AND kind = 0
