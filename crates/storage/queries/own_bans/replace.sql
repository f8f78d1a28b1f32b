-- A ban of the same network that is in force.
UPDATE own_bans SET ended_at = :at, ended_by = :by
WHERE host = :host AND first = :first AND prefix = :prefix AND over_at > :at
