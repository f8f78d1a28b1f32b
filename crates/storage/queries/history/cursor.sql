SELECT cursor FROM hear_cursors WHERE host_id = ?1
