SELECT id, entries FROM recent ORDER BY id
