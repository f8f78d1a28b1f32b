SELECT at, id, prefix, jail, kind, origin, country, asn
FROM events INDEXED BY events_subject_not_detected
WHERE at / 172800000 = :stretch AND address BETWEEN :first AND :last AND length(address) = :length AND origin > 0
