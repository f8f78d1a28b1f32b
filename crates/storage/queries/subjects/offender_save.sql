INSERT INTO offenders (address, prefix, text, bans) VALUES (:address, :prefix, :text, :bans)
ON CONFLICT (address, prefix, text) DO UPDATE SET bans = excluded.bans
