SELECT count(*) > 0
FROM (SELECT 1 FROM subjects WHERE address BETWEEN :first AND :last AND length(address) = :length AND prefix >= :prefix LIMIT 1 OFFSET :most)
