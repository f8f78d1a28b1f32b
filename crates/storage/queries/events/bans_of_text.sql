SELECT at, id
FROM events INDEXED BY events_text
WHERE text > 0 AND text = :text AND at >= :since AND jail = :jail AND kind = 0
LIMIT 1
