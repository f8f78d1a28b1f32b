INSERT OR REPLACE INTO recent (id, entries) VALUES (:id, :entries)
