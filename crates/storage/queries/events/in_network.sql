SELECT at, id, prefix, jail, kind, origin, country, asn
FROM events INDEXED BY events_subject
WHERE family = :family AND address BETWEEN :first AND :last
