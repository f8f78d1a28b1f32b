SELECT count(*)
FROM (SELECT 1 FROM events INDEXED BY events_country WHERE at / 691200000 = :stretch AND country = :country AND kind = :kind AND origin = :origin LIMIT :limit)
