UPDATE settings
SET time_zone = :time_zone, session_idle_seconds = :idle, session_absolute_seconds = :absolute, fail2ban_socket = :socket,
    retention_days = :retention_days, online_lookups = :online_lookups, blocked_connections_stay = :blocked_connections_stay
WHERE id = 1
