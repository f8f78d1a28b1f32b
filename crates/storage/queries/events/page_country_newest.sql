SELECT at, id
FROM events INDEXED BY events_country
WHERE at / 691200000 = :stretch AND country = :country AND kind = :kind AND origin = :origin AND jail = :jail AND at >= :from AND at < :until AND (at, id) < (:at, :id)
ORDER BY at DESC, id DESC
LIMIT :limit
