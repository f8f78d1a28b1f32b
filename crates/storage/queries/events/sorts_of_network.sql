SELECT kind, origin, jail
FROM events INDEXED BY events_network
WHERE at / 691200000 = :stretch AND asn = :asn AND country = :country AND (kind, origin, jail) >= (:kind, :origin, :jail)
ORDER BY kind, origin, jail
LIMIT 1
