SELECT count(*)
FROM (SELECT 1 FROM events INDEXED BY events_jail WHERE jail = :jail AND kind = :kind AND origin = :origin AND at >= :from AND at < :until LIMIT :limit)
