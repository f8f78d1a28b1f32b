SELECT min(at) FROM events INDEXED BY events_time
