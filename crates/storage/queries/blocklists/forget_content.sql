-- What was refused is fetched anew, whatever its server says of changes.
UPDATE blocklists SET etag = NULL, last_modified = NULL, content = NULL WHERE id = :id
