DELETE FROM failures
WHERE (hour, jail, address, prefix, text) IN (
    SELECT hour, jail, address, prefix, text FROM failures WHERE hour < :before ORDER BY hour LIMIT :limit
)
