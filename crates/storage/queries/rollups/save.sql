INSERT INTO rollups (part, k1, k2, k3, k4, counts) VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (part, k1, k2, k3, k4) DO UPDATE SET counts = excluded.counts
