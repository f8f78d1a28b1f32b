SELECT origin, country, asn FROM events WHERE id = ?1
