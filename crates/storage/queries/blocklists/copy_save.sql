INSERT INTO blocklist_copies (list, waits, at, networks, v4, v6)
VALUES (:list, :waits, :at, :networks, :v4, :v6)
