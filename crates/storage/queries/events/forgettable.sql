SELECT id FROM events INDEXED BY events_time WHERE at < :before ORDER BY at LIMIT :limit
