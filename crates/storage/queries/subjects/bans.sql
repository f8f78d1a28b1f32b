SELECT jail, country, asn, moved, counts
FROM subjects
WHERE address = :address AND prefix = :prefix AND text = :text
