SELECT j.id, h.name, j.name FROM jails j JOIN hosts h ON h.id = j.host_id ORDER BY j.id
