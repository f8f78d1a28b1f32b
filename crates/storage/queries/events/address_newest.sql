SELECT at, id, prefix, jail, kind, origin, country, asn
FROM events INDEXED BY events_subject
WHERE address = :first AND at >= :from AND at < :until AND (at, id) < (:at, :id)
ORDER BY at DESC, id DESC
