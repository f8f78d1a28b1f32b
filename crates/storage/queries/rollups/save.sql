INSERT OR REPLACE INTO rollups (part, k1, k2, k3, k4, counts) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
