SELECT at, id
FROM events INDEXED BY events_country_time
WHERE at / 691200000 = :stretch AND country = :country AND at >= :from AND at < :until AND (at, id) < (:at, :id)
ORDER BY at DESC, id DESC
LIMIT :limit
