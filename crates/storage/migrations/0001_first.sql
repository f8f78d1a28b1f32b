-- "BaNG": tells this database from another program's, such as fail2ban's own.
PRAGMA application_id = 1113673287;

CREATE TABLE schema_version (
    version INTEGER PRIMARY KEY,
    name TEXT NOT NULL
) STRICT;

-- One row once the wizard has been finished, and then for good.
CREATE TABLE setup (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    completed_at INTEGER NOT NULL
) STRICT;

CREATE TRIGGER setup_is_never_undone BEFORE DELETE ON setup BEGIN
    SELECT raise(ABORT, 'the setup cannot be undone');
END;

CREATE TABLE settings (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    time_zone TEXT NOT NULL,
    session_idle_seconds INTEGER NOT NULL,
    session_absolute_seconds INTEGER NOT NULL,
    fail2ban_socket TEXT
) STRICT;

-- AUTOINCREMENT: the audit keeps the keys of users that are gone, so none is given twice.
CREATE TABLE users (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('viewer', 'operator', 'admin')),
    password TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE UNIQUE INDEX users_name ON users (name);

CREATE TABLE sessions (
    id TEXT NOT NULL PRIMARY KEY,
    token BLOB NOT NULL CHECK (length(token) = 32),
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at INTEGER NOT NULL,
    last_seen_at INTEGER NOT NULL,
    idle_expires_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    -- The earlier limit, so that one index answers what has ended.
    ends_at INTEGER NOT NULL GENERATED ALWAYS AS (min(idle_expires_at, expires_at)) VIRTUAL,
    address BLOB NOT NULL CHECK (length(address) IN (4, 16)),
    user_agent TEXT NOT NULL
) STRICT;

CREATE UNIQUE INDEX sessions_token ON sessions (token);
CREATE INDEX sessions_user ON sessions (user_id, last_seen_at, id);
CREATE INDEX sessions_end ON sessions (ends_at);

-- No foreign key to users: what was done stays when the account is gone.
-- AUTOINCREMENT: a key is never given twice, so that a page token never points at another entry.
CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL CHECK (actor IN ('user', 'visitor', 'system')),
    user_id INTEGER,
    user_name TEXT,
    claimed TEXT,
    address BLOB CHECK (length(address) IN (4, 16)),
    action TEXT NOT NULL,
    host TEXT,
    target TEXT NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('success', 'partial', 'refused', 'failed')),
    detail TEXT NOT NULL CHECK (json_valid(detail)),
    CHECK ((actor = 'user') = (user_id IS NOT NULL)),
    CHECK ((actor = 'user') = (user_name IS NOT NULL)),
    CHECK (claimed IS NULL OR actor = 'visitor')
) STRICT;

-- One index for each combination of equal-to filters, each ending in the order of the page: with fewer, a filter that hardly any entry
-- passes would read the whole table for one page. Partial, because only a user's entries are ever looked for by user.
CREATE INDEX audit_at ON audit (at);
CREATE INDEX audit_action ON audit (action, at);
CREATE INDEX audit_outcome ON audit (outcome, at);
CREATE INDEX audit_action_outcome ON audit (action, outcome, at);
CREATE INDEX audit_user ON audit (user_name, at) WHERE user_name IS NOT NULL;
CREATE INDEX audit_user_action ON audit (user_name, action, at) WHERE user_name IS NOT NULL;
CREATE INDEX audit_user_outcome ON audit (user_name, outcome, at) WHERE user_name IS NOT NULL;
CREATE INDEX audit_user_action_outcome ON audit (user_name, action, outcome, at) WHERE user_name IS NOT NULL;
