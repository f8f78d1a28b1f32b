INSERT INTO recent (id, entries) VALUES (:id, :entries) ON CONFLICT (id) DO UPDATE SET entries = excluded.entries
