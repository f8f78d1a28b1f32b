-- The one that a ban replaced which did not come about.
UPDATE own_bans SET ended_at = NULL, ended_by = NULL
WHERE host = :host AND first = :first AND prefix = :prefix AND ended_at = :since
