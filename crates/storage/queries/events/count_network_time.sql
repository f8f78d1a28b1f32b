SELECT count(*)
FROM (SELECT 1 FROM events INDEXED BY events_network_time WHERE at / 691200000 = :stretch AND asn = :asn AND at >= :from AND at < :until LIMIT :limit)
