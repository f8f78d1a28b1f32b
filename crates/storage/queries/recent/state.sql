SELECT generation, settling_last, settling_from, complete_from, stretches_from FROM history WHERE id = 1
