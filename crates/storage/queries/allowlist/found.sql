UPDATE allowlist SET addresses = :addresses WHERE id = :id
