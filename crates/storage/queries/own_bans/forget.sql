-- What ended before a moment, the longest ago first. A ban that is in force has no end, or one that is to come.
DELETE FROM own_bans
WHERE id IN (
    SELECT id FROM own_bans INDEXED BY own_bans_gone
    WHERE coalesce(ended_at, until) < :before
    ORDER BY coalesce(ended_at, until)
    LIMIT :limit
)
