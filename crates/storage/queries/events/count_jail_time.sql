SELECT count(*)
FROM (SELECT 1 FROM events INDEXED BY events_jail_time WHERE jail = :jail AND at >= :from AND at < :until LIMIT :limit)
