SELECT kind, origin, jail
FROM events INDEXED BY events_country
WHERE at / 691200000 = :stretch AND country = :country AND (kind, origin, jail) >= (:kind, :origin, :jail)
ORDER BY kind, origin, jail
LIMIT 1
