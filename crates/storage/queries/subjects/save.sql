INSERT OR REPLACE INTO subjects (address, prefix, text, jail, bans, unbans, failures, first_at, last_at, country, asn, moved, counts, stretches)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)
