SELECT country FROM events INDEXED BY events_network WHERE at / 691200000 = :stretch AND asn = :asn AND country > :after ORDER BY country LIMIT 1
