INSERT INTO actors (name) VALUES (?1)
