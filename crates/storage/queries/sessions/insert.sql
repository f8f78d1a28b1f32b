INSERT INTO sessions
    (id, token, user_id, created_at, last_seen_at, idle_expires_at, expires_at, address, user_agent)
VALUES
    (:id, :token, :user, :created_at, :last_seen_at, :idle_expires_at, :expires_at, :address, :user_agent)
