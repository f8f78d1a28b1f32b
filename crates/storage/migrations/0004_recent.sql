-- What was stored last: events and failures that are not in the tables of all yet, packed (src/sqlite/history/recent/packing.rs). A row is some hundreds,
-- in the order of storing; an event is here or in `events`, never in both.
CREATE TABLE recent (
    id INTEGER PRIMARY KEY,
    entries BLOB NOT NULL
) STRICT;

-- Changed with everything that changes what is recent: what is kept of it in memory belongs to a generation.
ALTER TABLE history ADD COLUMN generation INTEGER NOT NULL DEFAULT 0;
-- The last row of `recent` that is being worked into the tables, and the first four bytes of an address below which its entries are there already.
ALTER TABLE history ADD COLUMN settling_last INTEGER;
ALTER TABLE history ADD COLUMN settling_from INTEGER NOT NULL DEFAULT 0;
