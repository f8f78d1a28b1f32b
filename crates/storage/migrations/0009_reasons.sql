-- Why a run failed, by its word and what it is about, as {"code": …, "facts": {…}}; NULL where it has no word, as in rows from before. `problem` says it in English.
ALTER TABLE blocklist_runs ADD COLUMN why TEXT CHECK (why IS NULL OR (json_valid(why) AND outcome = 'failed'));
