INSERT INTO events (id, at, jail, kind, origin, address, prefix, text, country, asn, actor, cause, bantime, failures, ban_count, lines)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)
