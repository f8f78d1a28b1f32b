INSERT INTO event_lines (event, lines) VALUES (:event, :lines)
