INSERT INTO repeaters (day, address, prefix, text, bans) VALUES (:day, :address, :prefix, :text, :bans)
ON CONFLICT (day, address, prefix, text) DO UPDATE SET bans = excluded.bans
