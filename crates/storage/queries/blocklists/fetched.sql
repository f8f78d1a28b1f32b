UPDATE blocklists SET etag = :etag, last_modified = :last_modified, content = :content WHERE id = :id
