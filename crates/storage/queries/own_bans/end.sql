UPDATE own_bans SET ended_at = :at, ended_by = :by WHERE id = :id AND host = :host AND over_at > :at
RETURNING id, host, first, prefix, since, until, reason, by, confirmed, ended_at, ended_by
