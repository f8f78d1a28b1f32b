INSERT INTO hosts (name) VALUES (?1)
