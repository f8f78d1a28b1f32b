-- The first of what was left out, as {"subtracted": [{"reason": …, "network": …}, …], "special": […], "tooWide": […]}; NULL where nothing was, and in rows from before.
ALTER TABLE blocklist_runs ADD COLUMN left_out TEXT CHECK (left_out IS NULL OR json_valid(left_out));
