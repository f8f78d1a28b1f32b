INSERT INTO failures (hour, jail, address, prefix, text, count, last_at)
VALUES (:hour, :jail, :address, :prefix, :text, :count, :last_at)
ON CONFLICT (hour, jail, address, prefix, text) DO UPDATE SET
    count = count + excluded.count, last_at = max(last_at, excluded.last_at)
