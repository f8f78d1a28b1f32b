SELECT address, prefix, text FROM events WHERE id = ?1
