DELETE FROM own_bans WHERE id = :id RETURNING host, first, prefix, since
