SELECT jail, bans, unbans, failures, first_at, last_at, country, asn
FROM subjects
WHERE address = :address AND prefix = :prefix AND text = :text
