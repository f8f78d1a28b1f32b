SELECT count(*), coalesce(sum(origin IN (:origin, :other) AND at >= :from AND at < :until), 0)
FROM (SELECT origin, at FROM events INDEXED BY events_subject_not_detected WHERE at / 172800000 = :stretch AND address BETWEEN :first AND :last AND length(address) = :length AND prefix >= :prefix AND origin > 0 LIMIT :limit)
