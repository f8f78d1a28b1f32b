UPDATE blocklists SET failures = :failures, next_at = :next_at WHERE id = :id AND url = :url
