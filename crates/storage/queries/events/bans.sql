SELECT at, jail, country, asn
FROM events INDEXED BY events_kind
WHERE kind = 0 AND origin = :origin AND at >= :from AND at < :until
