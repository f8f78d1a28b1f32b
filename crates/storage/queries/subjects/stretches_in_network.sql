SELECT stretches, jail
FROM subjects
WHERE address BETWEEN :first AND :last AND length(address) = :length AND prefix >= :prefix
