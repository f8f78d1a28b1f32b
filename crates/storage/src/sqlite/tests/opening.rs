use std::{
    fs,
    os::unix::fs::{PermissionsExt as _, symlink},
    path::Path,
    sync::{Arc, Barrier},
    thread,
    time::Duration,
};

use domain::{BlocklistId, ImportOutcome, Storage as _, StorageWrites as _, Why};
use rusqlite::Connection;

use super::{
    super::{
        OpenError, OpenOptions, Sqlite,
        migrations::{MIGRATIONS, Migration, identify, migrate},
    },
    Folder, count, unprivileged,
};

/// The version of this program's databases.
const VERSION: i64 = 14;

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// What a person reads, without the folder of the test.
fn refusal(folder: &Folder, options: OpenOptions) -> String {
    let error = Sqlite::open(options).unwrap_err();
    assert!(!matches!(error, OpenError::Failed { .. }), "{error:?}");
    let folder = folder.path().display().to_string();
    error.to_string().replace(&folder, "FOLDER")
}

fn refused(folder: &Folder) -> String {
    refusal(folder, OpenOptions::new(folder.database()))
}

#[tokio::test]
async fn database_taken_as_it_is_must_be_there_and_of_this_version() {
    let folder = Folder::new();
    let beside = || OpenOptions::beside(folder.database());
    insta::assert_snapshot!(refusal(&folder, beside()), @"there is no database FOLDER/bangui.sqlite3");
    assert!(!folder.database().exists());
    let mut connection = Connection::open(folder.database()).unwrap();
    migrate(
        &mut connection,
        &folder.database(),
        &MIGRATIONS[..MIGRATIONS.len() - 1],
    )
    .unwrap();
    drop(connection);
    insta::assert_snapshot!(refusal(&folder, beside()), @"the database has version 13, and this BanGUI uses version 14: start `bangui serve` once, which brings it up to date");
    let connection = Connection::open(folder.database()).unwrap();
    assert_eq!(
        identify(&connection, &folder.database(), MIGRATIONS).unwrap(),
        VERSION - 1
    );
    drop(connection);
    let own = folder.open();
    // The other one goes on meanwhile.
    let second = Sqlite::open(beside()).unwrap();
    let entry = super::entry(domain::AuditAction::AllowlistAdded, 0);
    second.writer.record(&[entry]).await.unwrap();
    second.close().await;
    let page = own.reads().audit(&domain::AuditQuery::default()).await;
    assert_eq!(page.unwrap().items.len(), 1);
}

#[tokio::test]
async fn database_made_is_for_its_owner_only_and_so_are_the_files_beside_it() {
    let folder = Folder::new();
    set_mode(folder.path(), 0o755);
    let storage = folder.open();
    storage
        .writer
        .record(&[super::entry(domain::AuditAction::BansCreated, 0)])
        .await
        .unwrap();
    for suffix in ["", "-wal", "-shm"] {
        let file = folder.path().join(format!("bangui.sqlite3{suffix}"));
        assert_eq!(mode(&file), 0o600, "{suffix}");
    }
    assert_eq!(mode(folder.path()), 0o755);
}

#[tokio::test]
async fn database_open_to_others_is_closed_to_them() {
    let folder = Folder::new();
    folder.open().close().await;
    set_mode(&folder.database(), 0o664);
    let _storage = folder.open();
    assert_eq!(mode(&folder.database()), 0o600);
}

#[tokio::test]
async fn database_opened_again_keeps_what_was_written_and_its_version() {
    let folder = Folder::new();
    let storage = folder.open();
    storage
        .writer
        .record(&[super::entry(domain::AuditAction::BansCreated, 0)])
        .await
        .unwrap();
    storage.close().await;
    let again = folder.open();
    assert_eq!(again.path(), folder.database());
    let raw = folder.connection();
    assert_eq!(count(&raw, "audit"), 1);
    assert_eq!(count(&raw, "schema_version"), VERSION);
}

#[test]
fn database_made_by_many_at_once_is_made_once() {
    const MANY: usize = 8;
    let folder = Folder::new();
    let together = Arc::new(Barrier::new(MANY));
    let opened: Vec<_> = (0..MANY)
        .map(|_| {
            let (path, together) = (folder.database(), Arc::clone(&together));
            thread::spawn(move || {
                together.wait();
                Sqlite::open(OpenOptions::new(path))
            })
        })
        .collect();
    for opened in opened {
        opened.join().unwrap().unwrap();
    }
    assert_eq!(count(&folder.connection(), "schema_version"), VERSION);
}

#[test]
fn path_that_sqlite_reads_otherwise_is_a_plain_file_name() {
    let folder = Folder::new();
    for name in [":memory:", "file:x?mode=memory"] {
        let path = folder.path().join(name);
        let storage = Sqlite::open(OpenOptions::new(&path)).unwrap();
        assert_eq!(storage.path(), path);
        assert!(path.is_file(), "{name}");
    }
}

#[test]
fn folder_that_is_missing_is_named_with_the_remedy() {
    let folder = Folder::new();
    let options = OpenOptions::new(folder.path().join("no/such/bangui.sqlite3"));
    insta::assert_snapshot!(refusal(&folder, options), @"the folder FOLDER/no/such does not exist: create it (mkdir -p), or set another path for the database");
}

#[test]
fn path_that_is_a_folder_is_refused() {
    let folder = Folder::new();
    fs::create_dir(folder.database()).unwrap();
    insta::assert_snapshot!(refused(&folder), @"FOLDER/bangui.sqlite3 is not a file: set the path of the database to a file in a folder that exists");
}

#[test]
fn folder_that_is_a_file_is_refused() {
    let folder = Folder::new();
    fs::write(folder.path().join("file"), "").unwrap();
    let options = OpenOptions::new(folder.path().join("file/bangui.sqlite3"));
    insta::assert_snapshot!(refusal(&folder, options), @"FOLDER/file is not a folder: set the path of the database to a file in a folder that exists");
    let options = OpenOptions::new(folder.path().join("file/deeper/bangui.sqlite3"));
    insta::assert_snapshot!(refusal(&folder, options), @"FOLDER/file/deeper is not a folder: set the path of the database to a file in a folder that exists");
}

#[test]
fn link_that_leads_nowhere_is_refused_and_nothing_is_made() {
    let folder = Folder::new();
    symlink(folder.path().join("gone"), folder.database()).unwrap();
    let error = Sqlite::open(OpenOptions::new(folder.database())).unwrap_err();
    assert!(matches!(error, OpenError::Failed { .. }), "{error:?}");
    assert!(!folder.path().join("gone").exists());
}

#[test]
fn file_that_is_no_database_is_refused_and_left() {
    for content in ["x".repeat(10), "no database ".repeat(1_000)] {
        let folder = Folder::new();
        fs::write(folder.database(), &content).unwrap();
        set_mode(&folder.database(), 0o644);
        insta::allow_duplicates! {
            insta::assert_snapshot!(refused(&folder), @"FOLDER/bangui.sqlite3 is not a database: set another path, or move the file away to begin anew");
        }
        assert_eq!(fs::read_to_string(folder.database()).unwrap(), content);
        assert_eq!(mode(&folder.database()), 0o644);
    }
}

#[test]
fn database_of_another_program_is_refused_and_left() {
    let folder = Folder::new();
    folder
        .connection()
        .execute_batch("CREATE TABLE fail2banDb (version INTEGER)")
        .unwrap();
    set_mode(&folder.database(), 0o644);
    let before = fs::read(folder.database()).unwrap();
    insta::assert_snapshot!(refused(&folder), @"FOLDER/bangui.sqlite3 is the database of another program: set a path of BanGUI's own for its database");
    assert_eq!(fs::read(folder.database()).unwrap(), before);
    assert_eq!(mode(&folder.database()), 0o644);
}

#[tokio::test]
async fn database_from_a_newer_version_is_refused_and_left() {
    let folder = Folder::new();
    folder.open().close().await;
    let newer = "INSERT INTO schema_version (version, name) VALUES (15, 'later')";
    folder.connection().execute_batch(newer).unwrap();
    let before = fs::read(folder.database()).unwrap();
    insta::assert_snapshot!(refused(&folder), @"the database has version 15, and this BanGUI knows versions up to 14: install the BanGUI that wrote it or a newer one, or put back a backup from before the upgrade");
    assert_eq!(fs::read(folder.database()).unwrap(), before);
}

#[tokio::test]
async fn database_that_is_damaged_is_refused() {
    let folder = Folder::new();
    folder.open().close().await;
    let mut content = fs::read(folder.database()).unwrap();
    // The first page is the list of tables; its header stays.
    content[100..4096].fill(0xFF);
    fs::write(folder.database(), content).unwrap();
    insta::assert_snapshot!(refused(&folder), @"FOLDER/bangui.sqlite3 is damaged: put a backup in its place, or move it away to begin anew");
}

#[tokio::test]
async fn database_held_by_another_process_is_refused_as_busy() {
    let folder = Folder::new();
    folder.open().close().await;
    let other = folder.connection();
    other
        .execute_batch("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE")
        .unwrap();
    let options = OpenOptions {
        busy_timeout: Duration::from_millis(20),
        ..OpenOptions::new(folder.database())
    };
    insta::assert_snapshot!(refusal(&folder, options), @"FOLDER/bangui.sqlite3 is held by another process: see that only one BanGUI uses it (fuser shows which processes do)");
}

#[tokio::test]
async fn file_that_cannot_be_read_is_refused() {
    let folder = Folder::new();
    folder.open().close().await;
    set_mode(&folder.database(), 0o000);
    insta::assert_snapshot!(unprivileged(|| refused(&folder)), @"FOLDER/bangui.sqlite3 cannot be read by this user: give the database and its folder to the user that BanGUI runs as (chown)");
}

#[tokio::test]
async fn file_that_cannot_be_written_is_refused() {
    let folder = Folder::new();
    folder.open().close().await;
    set_mode(&folder.database(), 0o400);
    insta::assert_snapshot!(unprivileged(|| refused(&folder)), @"FOLDER/bangui.sqlite3 cannot be written: give the database and its folder to the user that BanGUI runs as (chown), and see that the file system is not mounted read-only");
}

#[tokio::test]
async fn folder_that_cannot_be_written_is_refused_also_for_a_file_that_is_there() {
    let folder = Folder::new();
    set_mode(folder.path(), 0o500);
    let anew = unprivileged(|| refused(&folder));
    set_mode(folder.path(), 0o700);
    folder.open().close().await;
    set_mode(folder.path(), 0o500);
    let existing = unprivileged(|| refused(&folder));
    set_mode(folder.path(), 0o700);
    insta::assert_snapshot!(anew, @"FOLDER cannot be written: give the database and its folder to the user that BanGUI runs as (chown), and see that the file system is not mounted read-only");
    assert_eq!(existing, anew);
}

#[test]
fn folder_that_cannot_be_entered_is_refused() {
    let folder = Folder::new();
    let inner = folder.path().join("inner");
    fs::create_dir(&inner).unwrap();
    set_mode(&inner, 0o000);
    let options = OpenOptions::new(inner.join("bangui.sqlite3"));
    let refused = unprivileged(|| refusal(&folder, options));
    insta::assert_snapshot!(refused, @"FOLDER/inner cannot be read by this user: give the database and its folder to the user that BanGUI runs as (chown)");
}

#[test]
fn migration_files_are_all_in_use_and_numbered_without_gaps() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    let mut found: Vec<_> = fs::read_dir(&folder)
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    found.sort();
    let expected: Vec<_> = MIGRATIONS
        .iter()
        .enumerate()
        .map(|(index, step)| format!("{:04}_{}.sql", index + 1, step.name))
        .collect();
    assert_eq!(found, expected);
    for (file, step) in found.iter().zip(MIGRATIONS) {
        assert_eq!(fs::read_to_string(folder.join(file)).unwrap(), step.sql);
    }
}

/// The migrations that there are, and one more.
fn and_then(sql: &'static str) -> Vec<Migration> {
    let known = MIGRATIONS
        .iter()
        .map(|Migration { name, sql }| Migration { name, sql });
    known.chain([Migration { name: "next", sql }]).collect()
}

#[test]
fn migration_that_fails_leaves_the_version_before_it() {
    let folder = Folder::new();
    let mut connection = folder.connection();
    let path = folder.database();
    for bad in [
        "CREATE TABLE more (id INTEGER); SELECT no_such_column FROM more",
        "CREATE TABLE more (id INTEGER REFERENCES users (id)); INSERT INTO more VALUES (404)",
    ] {
        let error = migrate(&mut connection, &path, &and_then(bad)).unwrap_err();
        assert!(
            matches!(error, OpenError::Migration { version, .. } if version == VERSION + 1),
            "{error:?}"
        );
        assert_eq!(identify(&connection, &path, MIGRATIONS).unwrap(), VERSION);
        connection.prepare("SELECT * FROM more").unwrap_err();
    }
    let good = and_then("CREATE TABLE more (id INTEGER) STRICT");
    migrate(&mut connection, &path, &good).unwrap();
    assert_eq!(identify(&connection, &path, &good).unwrap(), VERSION + 1);
    connection.prepare("SELECT * FROM more").unwrap();
}

#[test]
fn migration_may_rebuild_a_table_that_others_refer_to() {
    let folder = Folder::new();
    let mut connection = folder.connection();
    let path = folder.database();
    migrate(&mut connection, &path, MIGRATIONS).unwrap();
    connection
        .execute_batch(
            "INSERT INTO users (name, role, password, created_at) VALUES ('a', 'admin', '', 0);
             INSERT INTO sessions (id, token, user_id, created_at, last_seen_at, idle_expires_at, expires_at, address, user_agent)
             VALUES ('s', zeroblob(32), 1, 0, 0, 0, 0, zeroblob(4), '');",
        )
        .unwrap();
    let rebuild = "CREATE TABLE new (id INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT;
        INSERT INTO new SELECT id, name FROM users; DROP TABLE users; ALTER TABLE new RENAME TO users";
    migrate(&mut connection, &path, &and_then(rebuild)).unwrap();
    assert_eq!(count(&connection, "sessions"), 1);
}

#[test]
fn settings_from_before_the_history_keep_a_year_and_ask_nobody() {
    let folder = Folder::new();
    let mut connection = folder.connection();
    let path = folder.database();
    let before = MIGRATIONS.get(..2).unwrap();
    migrate(&mut connection, &path, before).unwrap();
    connection
        .execute_batch(
            "INSERT INTO settings (id, time_zone, session_idle_seconds, session_absolute_seconds) VALUES (1, 'UTC', 300, 600)",
        )
        .unwrap();
    migrate(&mut connection, &path, MIGRATIONS).unwrap();
    let settings = super::super::settings::current(&connection)
        .unwrap()
        .unwrap();
    assert_eq!(settings.retention_days, 365);
    assert!(!settings.online_lookups);
    assert!(!settings.blocked_connections_stay);
}

#[tokio::test]
async fn runs_from_before_reasons_had_words_are_read_with_their_sentence() {
    let folder = Folder::new();
    let mut connection = folder.connection();
    let path = folder.database();
    let before = MIGRATIONS.get(..7).unwrap();
    migrate(&mut connection, &path, before).unwrap();
    connection
        .execute_batch(
            "INSERT INTO blocklists (id, name, url, allow_http, every_seconds, enabled, both_ways, note, created_at)
             VALUES (1, 'drop', 'https://lists.example/', 0, 3600, 1, 0, '', 0);
             INSERT INTO blocklist_runs (list, began_at, took_ms, cause, outcome, problem, bytes, parsed, masked, junk, junk_examples, too_wide, special, subtracted, networks, added, removed)
             VALUES (1, 0, 0, 'schedule', 'failed', 'it rained', 0, 0, 0, 0, '[]', 0, 0, 0, 0, 0, 0);",
        )
        .unwrap();
    drop(connection);
    let storage = folder.open();
    let runs = storage.blocking().import_runs(BlocklistId(1), 10).await;
    let outcomes: Vec<_> = runs.unwrap().into_iter().map(|run| run.outcome).collect();
    let problem = Why::unnamed("it rained");
    assert_eq!(outcomes, [ImportOutcome::Failed { problem }]);
    // One with a word that only a later version knows.
    let connection = folder.connection();
    let later = r#"UPDATE blocklist_runs SET why = '{"code":"of-tomorrow","facts":{}}'"#;
    connection.execute(later, []).unwrap();
    let runs = storage.blocking().import_runs(BlocklistId(1), 10).await;
    assert_eq!(
        runs.unwrap().pop().map(|run| run.outcome),
        outcomes.into_iter().next()
    );
}

#[tokio::test]
async fn copies_from_before_their_table_was_made_anew_are_kept_with_their_keys() {
    let folder = Folder::new();
    let mut connection = folder.connection();
    let path = folder.database();
    let before = MIGRATIONS.get(..10).unwrap();
    migrate(&mut connection, &path, before).unwrap();
    connection
        .execute_batch(
            "INSERT INTO blocklists (id, name, url, allow_http, every_seconds, enabled, both_ways, note, created_at)
             VALUES (1, 'drop', 'https://lists.example/', 0, 3600, 1, 0, '', 0);
             INSERT INTO blocklist_copies (id, list, waits, at, networks, v4, v6)
             VALUES (3, 1, NULL, 0, 1, x'2D0A000010', x''), (4, 1, 'grew', 1, 0, x'', x'');
             UPDATE sqlite_sequence SET seq = 9 WHERE name = 'blocklist_copies';",
        )
        .unwrap();
    drop(connection);
    let storage = folder.open();
    let list = storage.blocking().blocklist(BlocklistId(1)).await.unwrap();
    let list = list.unwrap();
    assert_eq!(list.copy.map(|copy| (copy.id, copy.networks)), Some((3, 1)));
    assert_eq!(list.waiting.map(|copy| copy.id), Some(4));
    let networks = storage.blocking().list_networks(BlocklistId(1)).await;
    assert_eq!(networks.unwrap(), ["45.10.0.0/16".parse().unwrap()]);
    let connection = folder.connection();
    let next = "DELETE FROM blocklist_copies; INSERT INTO blocklist_copies (list, waits, at, networks, v4, v6) VALUES (1, 'covers-more', 0, 0, x'', x'')";
    connection.execute_batch(next).unwrap();
    assert_eq!(connection.last_insert_rowid(), 10);
}

#[test]
fn connection_that_writes_keeps_foreign_keys_and_syncs_each_commit() {
    let folder = Folder::new();
    let writer = super::super::open::writer(&folder.database(), Duration::from_secs(5)).unwrap();
    let pragma = |connection: &Connection, name: &str| -> String {
        connection
            .query_row(
                &format!("SELECT CAST((SELECT * FROM pragma_{name}) AS TEXT)"),
                [],
                |row| row.get(0),
            )
            .unwrap()
    };
    assert_eq!(pragma(&writer, "foreign_keys"), "1");
    assert_eq!(pragma(&writer, "synchronous"), "2");
    assert_eq!(pragma(&writer, "journal_mode"), "wal");
    assert!(writer.prepare("SELECT strict FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%' AND strict = 0").unwrap().query([]).unwrap().next().unwrap().is_none());
}
