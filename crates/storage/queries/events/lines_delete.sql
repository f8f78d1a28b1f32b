DELETE FROM event_lines WHERE event = ?1
