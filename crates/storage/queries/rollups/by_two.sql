SELECT k2, k3, k4, counts FROM rollups WHERE part = ?1 AND k1 = ?2 AND k2 = ?3
