SELECT max(at) FROM events INDEXED BY events_time
