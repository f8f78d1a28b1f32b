SELECT count(*), count(*) FILTER (WHERE origin IN (:origin, :other) AND at >= :from AND at < :until)
FROM (SELECT origin, at FROM events INDEXED BY events_subject_not_detected WHERE at / 172800000 = :stretch AND address BETWEEN :first AND :last AND length(address) = :length AND prefix >= :prefix AND origin > 0 LIMIT :limit)
