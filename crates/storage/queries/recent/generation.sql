SELECT generation FROM history WHERE id = 1
