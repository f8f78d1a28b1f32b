INSERT INTO texts (text) VALUES (?1)
