SELECT id FROM actors WHERE name = ?1
