SELECT country FROM events INDEXED BY events_network WHERE asn = :asn AND country > :after ORDER BY country LIMIT 1
