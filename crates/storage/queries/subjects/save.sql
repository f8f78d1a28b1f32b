INSERT INTO subjects (address, prefix, text, jail, bans, unbans, failures, first_at, last_at, country, asn, moved, counts)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
ON CONFLICT (address, prefix, text, jail) DO UPDATE SET
    bans = excluded.bans, unbans = excluded.unbans, failures = excluded.failures, first_at = excluded.first_at,
    last_at = excluded.last_at, country = excluded.country, asn = excluded.asn, moved = excluded.moved, counts = excluded.counts
