INSERT INTO settings (id, time_zone, session_idle_seconds, session_absolute_seconds, fail2ban_socket, retention_days, online_lookups, blocked_connections_stay)
VALUES (1, :time_zone, :idle, :absolute, :socket, :retention_days, :online_lookups, :blocked_connections_stay)
