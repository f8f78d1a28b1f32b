INSERT INTO hear_cursors (host_id, cursor) VALUES (:host, :cursor) ON CONFLICT (host_id) DO UPDATE SET cursor = excluded.cursor
