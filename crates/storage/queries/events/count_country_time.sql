SELECT count(*)
FROM (SELECT 1 FROM events INDEXED BY events_country_time WHERE at / 691200000 = :stretch AND country = :country AND at >= :from AND at < :until LIMIT :limit)
