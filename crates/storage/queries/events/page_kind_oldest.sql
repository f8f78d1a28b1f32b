SELECT at, id
FROM events INDEXED BY events_kind
WHERE kind = :kind AND origin = :origin AND at >= :from AND at < :until AND (at, id) > (:at, :id)
ORDER BY at ASC, id ASC
LIMIT :limit
