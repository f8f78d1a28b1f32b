SELECT id, origin, country, asn, actor, cause, bantime, failures, ban_count, lines
FROM events INDEXED BY events_time
WHERE at = :at AND address = :address AND prefix = :prefix AND text = :text AND jail = :jail AND kind = :kind
