SELECT count(*)
FROM (SELECT 1 FROM events INDEXED BY events_network WHERE at / 691200000 = :stretch AND asn = :place AND at >= :from AND at < :until LIMIT :limit)
