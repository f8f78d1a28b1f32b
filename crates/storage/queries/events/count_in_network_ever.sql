SELECT count(*)
FROM (SELECT 1 FROM events INDEXED BY events_subject WHERE at / 172800000 = :stretch AND address BETWEEN :first AND :last AND length(address) = :length AND prefix >= :prefix LIMIT :limit)
