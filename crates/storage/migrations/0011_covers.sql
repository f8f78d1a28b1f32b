-- Copies also wait for what they cover. A check is changed by making the table anew; which reasons there are the program knows.
CREATE TABLE new_copies (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    list INTEGER NOT NULL REFERENCES blocklists (id) ON DELETE CASCADE,
    waits TEXT,
    at INTEGER NOT NULL,
    networks INTEGER NOT NULL CHECK (networks >= 0),
    v4 BLOB NOT NULL CHECK (length(v4) % 5 = 0),
    v6 BLOB NOT NULL CHECK (length(v6) % 17 = 0),
    CHECK (networks = length(v4) / 5 + length(v6) / 17)
) STRICT;

INSERT INTO new_copies (id, list, waits, at, networks, v4, v6) SELECT id, list, waits, at, networks, v4, v6 FROM blocklist_copies;
-- No key is given twice, also not one of a copy that is gone.
DELETE FROM sqlite_sequence WHERE name = 'new_copies';
INSERT INTO sqlite_sequence (name, seq) SELECT 'new_copies', seq FROM sqlite_sequence WHERE name = 'blocklist_copies';
DROP TABLE blocklist_copies;
ALTER TABLE new_copies RENAME TO blocklist_copies;
CREATE UNIQUE INDEX blocklist_copies_list ON blocklist_copies (list, (waits IS NULL));
