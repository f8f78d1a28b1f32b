SELECT at, id
FROM events INDEXED BY events_subject
WHERE address = :first AND at >= :since AND prefix = :prefix AND jail = :jail AND kind = 0
LIMIT 1
