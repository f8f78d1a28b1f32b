-- What the page asks besides the wizard.
ALTER TABLE settings ADD COLUMN retention_days INTEGER NOT NULL DEFAULT 365 CHECK (retention_days BETWEEN 1 AND 3650);
ALTER TABLE settings ADD COLUMN online_lookups INTEGER NOT NULL DEFAULT 0 CHECK (online_lookups IN (0, 1));
