SELECT id FROM jails WHERE host_id = :host AND name = :name
