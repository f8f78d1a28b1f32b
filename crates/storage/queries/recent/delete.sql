DELETE FROM recent WHERE id <= ?1
