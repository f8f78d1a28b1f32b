UPDATE events
SET origin = :origin, country = :country, asn = :asn, actor = :actor, cause = :cause, bantime = :bantime, failures = :failures,
    ban_count = :ban_count, lines = :lines
WHERE id = :id
