-- From which address a ban was made that holds this very address, as its maker confirmed: it is meant to cut off who is there.
ALTER TABLE own_bans ADD COLUMN confirmed BLOB CHECK (confirmed IS NULL OR length(confirmed) IN (4, 16));
