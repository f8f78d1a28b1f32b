SELECT at, id
FROM events INDEXED BY events_jail_time
WHERE jail = :jail AND at >= :from AND at < :until AND (at, id) < (:at, :id)
ORDER BY at DESC, id DESC
LIMIT :limit
