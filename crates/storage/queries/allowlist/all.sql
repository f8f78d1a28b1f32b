SELECT id, subject, host, note, owner, created_at, expires_at, removed_at, addresses, written FROM allowlist ORDER BY id DESC
