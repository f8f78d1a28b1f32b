SELECT k2, counts FROM rollups WHERE part = ?1 AND k1 >= ?2 AND k1 < ?3
