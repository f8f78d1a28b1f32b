-- Those that have an address in common with a network. There are few in force, however many there were.
SELECT id, host, first, prefix, since, until, reason, by, confirmed, ended_at, ended_by
FROM own_bans INDEXED BY own_bans_over
WHERE over_at > :at AND length(first) = length(:first) AND first <= :last AND last >= :first
