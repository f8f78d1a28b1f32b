SELECT events, last_event, forgotten_before FROM history WHERE id = 1
