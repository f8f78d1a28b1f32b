-- Another address: what is known of the content says nothing of the new one's, and it is due at once.
UPDATE blocklists SET
    name = :name,
    url = :url,
    allow_http = :allow_http,
    every_seconds = :every_seconds,
    enabled = :enabled,
    jail = :jail,
    both_ways = :both_ways,
    note = :note,
    failures = iif(url = :url, failures, 0),
    next_at = iif(url = :url AND every_seconds = :every_seconds, next_at, NULL),
    etag = iif(url = :url, etag, NULL),
    last_modified = iif(url = :url, last_modified, NULL),
    content = iif(url = :url, content, NULL)
WHERE id = :id
