SELECT at, id, prefix, jail, kind, origin, country, asn
FROM events INDEXED BY events_subject
WHERE at / 172800000 = :stretch AND address = :first AND at >= :from AND at < :until AND (at, id) > (:at, :id)
ORDER BY at ASC, id ASC
