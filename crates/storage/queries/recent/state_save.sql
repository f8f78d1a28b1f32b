UPDATE history SET generation = :generation, settling_last = :last, settling_from = :from WHERE id = 1
