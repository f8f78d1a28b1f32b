SELECT id FROM texts WHERE text = ?1
