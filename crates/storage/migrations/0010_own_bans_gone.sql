-- What ended, by when: the retention finds it without reading what is in force. NULL: for ever.
CREATE INDEX own_bans_gone ON own_bans (coalesce(ended_at, until));
