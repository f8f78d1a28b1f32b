INSERT INTO blocklists (name, url, allow_http, every_seconds, enabled, jail, both_ways, note, created_at)
VALUES (:name, :url, :allow_http, :every_seconds, :enabled, :jail, :both_ways, :note, :created_at)
ON CONFLICT DO NOTHING
RETURNING id
