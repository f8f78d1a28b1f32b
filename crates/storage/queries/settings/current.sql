SELECT time_zone, session_idle_seconds, session_absolute_seconds, fail2ban_socket, retention_days, online_lookups, blocked_connections_stay
FROM settings
WHERE id = 1
