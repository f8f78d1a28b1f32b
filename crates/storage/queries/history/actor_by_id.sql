SELECT name FROM actors WHERE id = ?1
