ALTER TABLE settings ADD COLUMN blocked_connections_stay INTEGER NOT NULL DEFAULT 0 CHECK (blocked_connections_stay IN (0, 1));

-- Sources of lists.
-- AUTOINCREMENT: the audit keeps the keys of those that are gone, so none is given twice.
CREATE TABLE blocklists (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    url TEXT NOT NULL,
    allow_http INTEGER NOT NULL CHECK (allow_http IN (0, 1)),
    every_seconds INTEGER NOT NULL CHECK (every_seconds > 0),
    enabled INTEGER NOT NULL CHECK (enabled IN (0, 1)),
    -- NULL is BanGUI's own table.
    jail TEXT,
    both_ways INTEGER NOT NULL CHECK (both_ways IN (0, 1)),
    note TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    failures INTEGER NOT NULL DEFAULT 0 CHECK (failures >= 0),
    next_at INTEGER,
    etag TEXT,
    last_modified TEXT,
    content BLOB CHECK (length(content) = 32)
) STRICT;

CREATE UNIQUE INDEX blocklists_name ON blocklists (name COLLATE NOCASE);

-- At most two of each list: the one in force, and one that waits for a yes. Each network is its address and its prefix length, one byte.
-- AUTOINCREMENT: who knows a copy by its key never takes another for it.
CREATE TABLE blocklist_copies (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    list INTEGER NOT NULL REFERENCES blocklists (id) ON DELETE CASCADE,
    waits TEXT CHECK (waits IN ('shrank', 'grew', 'empty')),
    at INTEGER NOT NULL,
    networks INTEGER NOT NULL CHECK (networks >= 0),
    v4 BLOB NOT NULL CHECK (length(v4) % 5 = 0),
    v6 BLOB NOT NULL CHECK (length(v6) % 17 = 0),
    CHECK (networks = length(v4) / 5 + length(v6) / 17)
) STRICT;

CREATE UNIQUE INDEX blocklist_copies_list ON blocklist_copies (list, (waits IS NULL));

CREATE TABLE blocklist_runs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    list INTEGER NOT NULL REFERENCES blocklists (id) ON DELETE CASCADE,
    began_at INTEGER NOT NULL,
    took_ms INTEGER NOT NULL CHECK (took_ms >= 0),
    cause TEXT NOT NULL CHECK (cause IN ('schedule', 'missed', 'person')),
    person TEXT CHECK ((person IS NOT NULL) = (cause = 'person')),
    outcome TEXT NOT NULL CHECK (outcome IN ('taken', 'unchanged', 'waits', 'confirmed', 'failed')),
    waits TEXT CHECK ((waits IS NOT NULL) = (outcome = 'waits')),
    problem TEXT CHECK ((problem IS NOT NULL) = (outcome = 'failed')),
    bytes INTEGER NOT NULL,
    parsed INTEGER NOT NULL,
    masked INTEGER NOT NULL,
    junk INTEGER NOT NULL,
    -- The first of them: [[line, text], …]
    junk_examples TEXT NOT NULL CHECK (json_valid(junk_examples)),
    too_wide INTEGER NOT NULL,
    special INTEGER NOT NULL,
    subtracted INTEGER NOT NULL,
    networks INTEGER NOT NULL,
    added INTEGER NOT NULL,
    removed INTEGER NOT NULL
) STRICT;

CREATE INDEX blocklist_runs_list ON blocklist_runs (list, id);

-- Who is never blocked. What was removed stays until fail2ban's files do not name it any more.
CREATE TABLE allowlist (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    -- An address, a network or a name, as fail2ban's ignoreip has it.
    subject TEXT NOT NULL,
    host TEXT,
    note TEXT NOT NULL,
    owner TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    removed_at INTEGER,
    -- What a name was last found to be, so that a start without name servers lets it through: [text, …]
    addresses TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(addresses)),
    -- Whether BanGUI wrote it into fail2ban's files; 0: it stood there already, and stays when the entry goes. NULL: not looked at yet.
    written INTEGER CHECK (written IN (0, 1))
) STRICT;

CREATE INDEX allowlist_subject ON allowlist (subject);

-- What must not be blocked as it was last known: a start before the network knows nothing of it.
CREATE TABLE protected_networks (
    network TEXT NOT NULL PRIMARY KEY
) STRICT, WITHOUT ROWID;

-- Bans of BanGUI's own table. Those that ended stay, as what was done.
CREATE TABLE own_bans (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    host TEXT NOT NULL,
    first BLOB NOT NULL CHECK (length(first) IN (4, 16)),
    last BLOB NOT NULL CHECK (length(last) = length(first)),
    prefix INTEGER NOT NULL CHECK (prefix BETWEEN 0 AND 8 * length(first)),
    since INTEGER NOT NULL,
    until INTEGER,
    reason TEXT NOT NULL,
    by TEXT NOT NULL,
    ended_at INTEGER,
    ended_by TEXT CHECK ((ended_by IS NULL) = (ended_at IS NULL)),
    -- When it is over, of one that somebody ended before all time: one index answers what is in force, also after a clock was set back.
    over_at INTEGER NOT NULL GENERATED ALWAYS AS (iif(ended_at IS NULL, coalesce(until, 9223372036854775807), -9223372036854775807)) VIRTUAL
) STRICT;

CREATE INDEX own_bans_over ON own_bans (over_at, id);
CREATE INDEX own_bans_first ON own_bans (first, prefix);
