SELECT jail, country, asn, last_at, moved, counts
FROM subjects
WHERE address = :address AND prefix = :prefix AND text = :text
