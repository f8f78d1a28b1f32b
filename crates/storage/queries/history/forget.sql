UPDATE history SET events = events - :gone, forgotten_before = max(ifnull(forgotten_before, :before), :before) WHERE id = 1
