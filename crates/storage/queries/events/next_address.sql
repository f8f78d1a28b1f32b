SELECT address
FROM events INDEXED BY events_subject
WHERE address > :after AND address <= :last AND length(address) = :length
ORDER BY address
LIMIT 1
