WITH RECURSIVE hours (hour) AS (
    SELECT max(hour) FROM failures
    UNION ALL
    -- Hour by hour back: the key begins with the hour, and most jails failed lately.
    SELECT (SELECT max(failures.hour) FROM failures WHERE failures.hour < hours.hour)
    FROM hours
    WHERE hours.hour IS NOT NULL
)
SELECT (SELECT max(failures.last_at) FROM failures WHERE failures.hour = hours.hour AND failures.jail = :jail) AS at
FROM hours
WHERE at IS NOT NULL
LIMIT 1
