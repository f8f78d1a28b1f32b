INSERT INTO setup (id, completed_at) VALUES (1, :at) ON CONFLICT (id) DO NOTHING
