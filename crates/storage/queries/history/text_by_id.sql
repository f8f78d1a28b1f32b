SELECT text FROM texts WHERE id = ?1
