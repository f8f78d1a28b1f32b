INSERT INTO users (name, role, password, created_at) VALUES (:name, :role, :password, :at)
