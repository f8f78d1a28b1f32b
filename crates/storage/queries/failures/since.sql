SELECT jail, address, prefix, text, count, last_at
FROM failures
WHERE hour >= :since
