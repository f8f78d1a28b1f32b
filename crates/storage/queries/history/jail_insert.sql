INSERT INTO jails (host_id, name) VALUES (:host, :name)
