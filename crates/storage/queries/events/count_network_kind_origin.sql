SELECT count(*)
FROM (SELECT 1 FROM events INDEXED BY events_network WHERE at / 691200000 = :stretch AND asn = :asn AND country = :country AND kind = :kind AND origin = :origin LIMIT :limit)
