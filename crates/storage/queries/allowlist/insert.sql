INSERT INTO allowlist (subject, host, note, owner, created_at, expires_at)
VALUES (:subject, :host, :note, :owner, :created_at, :expires_at)
RETURNING id
