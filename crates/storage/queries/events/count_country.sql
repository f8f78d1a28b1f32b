SELECT count(*)
FROM (SELECT 1 FROM events INDEXED BY events_country WHERE country = :country AND jail = :jail AND kind = :kind AND origin = :origin AND at >= :from AND at < :until LIMIT :limit)
