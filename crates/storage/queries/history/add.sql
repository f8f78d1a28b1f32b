UPDATE history SET events = events + :new, last_event = max(last_event, :last) WHERE id = 1
