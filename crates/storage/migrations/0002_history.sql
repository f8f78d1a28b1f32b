CREATE TABLE hosts (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;

-- A jail of a host: its key stands for both, so that the tables that grow name no host.
CREATE TABLE jails (
    id INTEGER PRIMARY KEY,
    host_id INTEGER NOT NULL REFERENCES hosts (id),
    name TEXT NOT NULL,
    UNIQUE (host_id, name)
) STRICT;

-- Who did it, where BanGUI did it for one. No foreign key to users: accounts go, events stay.
CREATE TABLE actors (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;

-- Subjects that are no address. Key 0 is not used: it stands for "is an address" beside this table.
CREATE TABLE texts (
    id INTEGER PRIMARY KEY CHECK (id > 0),
    text TEXT NOT NULL UNIQUE
) STRICT;

-- What happened. The numbers of kind, origin, cause and country are those of src/sqlite/history/codes.rs.
-- No foreign keys: rows of the tables above are never deleted, and the check of each key cost a seventh of the intake.
-- AUTOINCREMENT: a key is never given twice, so that a page token and the live feed never meet another event under it.
CREATE TABLE events (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    jail INTEGER NOT NULL,
    kind INTEGER NOT NULL CHECK (kind BETWEEN 0 AND 2),
    origin INTEGER NOT NULL CHECK (origin BETWEEN 0 AND 2),
    -- 4 or 16 bytes of an address or of a network's first address; empty for other text.
    address BLOB NOT NULL CHECK (length(address) IN (0, 4, 16)),
    prefix INTEGER NOT NULL,
    text INTEGER NOT NULL,
    -- 0 is unknown.
    country INTEGER NOT NULL,
    asn INTEGER NOT NULL,
    actor INTEGER,
    cause INTEGER,
    bantime INTEGER,
    failures INTEGER,
    ban_count INTEGER,
    -- 1 when event_lines has a row.
    lines INTEGER NOT NULL
) STRICT;

-- What makes an event the one it is; begins with the time, so that new events go to its end.
CREATE UNIQUE INDEX events_time ON events (at, address, prefix, text, jail, kind);
-- Every filter of a list is a union of ranges of these, each in the order of the page (at, id). What follows `id` saves looking at the row.
CREATE INDEX events_kind ON events (kind, origin, at, id, jail, country, asn);
CREATE INDEX events_jail ON events (jail, kind, origin, at, id);
CREATE INDEX events_country ON events (country, jail, kind, origin, at, id);
CREATE INDEX events_network ON events (asn, country, jail, kind, origin, at, id);
-- By stretches of two days (src/sqlite/history/time.rs): new events change a part of it that stays in memory, and the newest of a network are found
-- without its oldest. Addresses of 4 and of 16 bytes lie mixed: who asks for a range says the length.
CREATE INDEX events_subject ON events (at / 172800000, address, at, id, prefix, jail, kind, origin, country, asn);
CREATE INDEX events_text ON events (text, at, id) WHERE text > 0;

CREATE TRIGGER events_stay_what_they_are BEFORE UPDATE OF id, at, jail, kind, address, prefix, text ON events BEGIN
    SELECT raise(ABORT, 'an event is not changed');
END;

CREATE TRIGGER events_only_gain BEFORE UPDATE ON events
WHEN (old.country <> 0 AND new.country <> old.country)
    OR (old.asn <> 0 AND new.asn <> old.asn)
    OR (old.origin <> 0 AND new.origin <> old.origin)
    OR (old.actor IS NOT NULL AND new.actor IS NOT old.actor)
    -- 3: it cannot be known, until a source tells.
    OR (old.cause IS NOT NULL AND old.cause <> 3 AND new.cause IS NOT old.cause)
    OR (old.bantime IS NOT NULL AND new.bantime IS NOT old.bantime)
    OR (old.failures IS NOT NULL AND new.failures IS NOT old.failures)
    OR (old.ban_count IS NOT NULL AND new.ban_count IS NOT old.ban_count)
    OR (old.lines > new.lines)
BEGIN
    SELECT raise(ABORT, 'what is known of an event is not changed');
END;

-- The lines that led to an event, as a JSON array. Apart, so that rows stay narrow.
CREATE TABLE event_lines (
    event INTEGER PRIMARY KEY,
    lines TEXT NOT NULL CHECK (json_valid(lines))
) STRICT;

-- Bans counted ahead. `counts` is a packed list of (number, bans by origin), see src/sqlite/history/packed.rs; `part` says what of:
--   0: in all         k1 = block                                   numbers are quarters of an hour
--   1: by jail        k1 = block, k2 = jail                        numbers are quarters of an hour
--   2: by country     k1 = block, k2 = country, k3 = jail          numbers are quarters of an hour
--   3: by network     k1 = block, k2 = asn, k3 = country, k4 = jail  numbers are quarters of an hour
--   4: of a span      k1 = level, k2 = span, k3 = jail, k4 = shelf  numbers are country and asn
--   5: of a span      k1 = level, k2 = span, k3 = 0 jails, 1 countries, 2 networks, k4 = shelf  numbers are those of k3
-- Time comes first, so that the rows that a batch of new events changes lie side by side.
CREATE TABLE rollups (
    part INTEGER NOT NULL,
    k1 INTEGER NOT NULL,
    k2 INTEGER NOT NULL,
    k3 INTEGER NOT NULL,
    k4 INTEGER NOT NULL,
    counts BLOB NOT NULL,
    PRIMARY KEY (part, k1, k2, k3, k4)
) STRICT, WITHOUT ROWID;

-- What is known of a subject in a jail, for good. `counts` are its bans by span of the lowest level. Country and network are those of all bans in
-- `counts`, unless `moved` is 1: then they are the newest ones, and only the events tell which ban was where.
CREATE TABLE subjects (
    address BLOB NOT NULL,
    prefix INTEGER NOT NULL,
    text INTEGER NOT NULL,
    jail INTEGER NOT NULL,
    bans INTEGER NOT NULL,
    unbans INTEGER NOT NULL,
    failures INTEGER NOT NULL,
    first_at INTEGER,
    last_at INTEGER,
    country INTEGER NOT NULL,
    asn INTEGER NOT NULL,
    moved INTEGER NOT NULL,
    counts BLOB NOT NULL,
    PRIMARY KEY (address, prefix, text, jail)
) STRICT, WITHOUT ROWID;

-- Who was banned more than once in a day (UTC), over all jails of all hosts.
CREATE TABLE repeaters (
    day INTEGER NOT NULL,
    address BLOB NOT NULL,
    prefix INTEGER NOT NULL,
    text INTEGER NOT NULL,
    bans INTEGER NOT NULL,
    PRIMARY KEY (day, address, prefix, text)
) STRICT, WITHOUT ROWID;

CREATE INDEX repeaters_bans ON repeaters (day, bans);

-- Who was banned often since the beginning, over all jails of all hosts.
CREATE TABLE offenders (
    address BLOB NOT NULL,
    prefix INTEGER NOT NULL,
    text INTEGER NOT NULL,
    bans INTEGER NOT NULL,
    PRIMARY KEY (address, prefix, text)
) STRICT, WITHOUT ROWID;

CREATE INDEX offenders_bans ON offenders (bans);

-- Failures by hour (its beginning, ms). The place is the one known when the row was made.
CREATE TABLE failures (
    hour INTEGER NOT NULL,
    jail INTEGER NOT NULL,
    address BLOB NOT NULL,
    prefix INTEGER NOT NULL,
    text INTEGER NOT NULL,
    count INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    PRIMARY KEY (hour, jail, address, prefix, text)
) STRICT, WITHOUT ROWID;

-- How far the agent of a host has been heard.
CREATE TABLE hear_cursors (
    host_id INTEGER PRIMARY KEY REFERENCES hosts (id),
    cursor TEXT NOT NULL
) STRICT;

-- What would otherwise have to be counted.
CREATE TABLE history (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    events INTEGER NOT NULL,
    last_event INTEGER NOT NULL,
    -- Events before this moment may have been forgotten.
    forgotten_before INTEGER
) STRICT;

INSERT INTO history (id, events, last_event) VALUES (1, 0, 0);
