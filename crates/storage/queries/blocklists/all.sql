-- A source with its copies and its last run; :id NULL is all of them.
SELECT l.id, l.name, l.url, l.allow_http, l.every_seconds, l.enabled, l.jail, l.both_ways, l.note, l.created_at,
    l.failures, l.next_at, l.etag, l.last_modified, l.content,
    c.id AS copy_id, c.at AS copy_at, c.networks AS copy_networks,
    w.id AS waiting_id, w.at AS waiting_at, w.networks AS waiting_networks, w.waits AS waiting_reason
FROM blocklists AS l
LEFT JOIN blocklist_copies AS c ON c.list = l.id AND (c.waits IS NULL) = 1
LEFT JOIN blocklist_copies AS w ON w.list = l.id AND (w.waits IS NULL) = 0
WHERE :id IS NULL OR l.id = :id
ORDER BY l.name COLLATE NOCASE, l.id
