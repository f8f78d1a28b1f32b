SELECT at, id, prefix, jail, kind, origin, country, asn
FROM events INDEXED BY events_subject
WHERE address BETWEEN :first AND :last AND length(address) = :length
