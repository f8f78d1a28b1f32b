//! fail2ban's database: recorded files, files of each schema, files that are none, and a daemon that writes at full rate.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

#[path = "support/daemon.rs"]
#[expect(dead_code, reason = "this test needs less of it than others")]
mod daemon;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use fail2ban::Subject;
use fail2ban::database::{Database, DatabaseError, MAX_ROWS, Mark};
use proptest::prelude::*;
use rusqlite::{Connection, params};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures")
        .join(name)
}

/// A file with the tables of a version, and a connection that writes like the daemon's.
fn file(folder: &Path, schema: u32) -> (PathBuf, Connection) {
    let path = folder.join("a name with ? and %.sqlite3");
    let connection = Connection::open(&path).unwrap();
    let columns = match schema {
        1 | 2 => "data JSON",
        _ => "bantime INTEGER NOT NULL, bancount INTEGER NOT NULL DEFAULT 1, data JSON",
    };
    connection
        .execute_batch(&format!(
            "PRAGMA synchronous = OFF; PRAGMA journal_mode = MEMORY;
             CREATE TABLE fail2banDb(version INTEGER); INSERT INTO fail2banDb VALUES ({schema});
             CREATE TABLE logs(jail TEXT NOT NULL, path TEXT, firstlinemd5 TEXT, lastfilepos INTEGER DEFAULT 0);
             CREATE TABLE bans(jail TEXT NOT NULL, ip TEXT, timeofban INTEGER NOT NULL, {columns});"
        ))
        .unwrap();
    (path, connection)
}

fn insert(connection: &Connection, id: &str, time: i64) {
    connection
        .execute(
            "INSERT INTO bans(jail, ip, timeofban, bantime) VALUES ('sshd', ?1, ?2, 600)",
            params![id, time],
        )
        .unwrap();
}

fn unban(connection: &Connection, id: &str) {
    connection
        .execute("DELETE FROM bans WHERE ip = ?1", [id])
        .unwrap();
}

/// All that is new, and the mark behind it.
fn read_on(database: &Database, mark: Mark) -> (Vec<String>, Mark, bool) {
    let (mut ids, mut mark, mut repeated) = (Vec::new(), mark, false);
    loop {
        let rows = database.bans_after(&mark, 3).unwrap();
        ids.extend(rows.rows.iter().map(|row| row.id.to_string()));
        repeated |= rows.again;
        mark = rows.next;
        if !rows.more {
            return (ids, mark, repeated);
        }
    }
}

#[test]
fn recorded_database_read_from_the_beginning_has_every_ban() {
    for version in ["1.0.2", "master-deffcbc"] {
        let database = Database::open(&fixture(&format!("sample-{version}.sqlite3"))).unwrap();
        assert_eq!(database.schema_version().unwrap(), 4);
        let rows = database.bans_after(&Mark::default(), MAX_ROWS).unwrap();
        assert!(!rows.more && !rows.again);
        assert_eq!(rows.rows.len(), 11);
        assert_eq!(rows.next.rowid(), Some(12));
        let third = rows
            .rows
            .iter()
            .rfind(|row| row.id == Subject::parse("192.0.2.13"))
            .unwrap();
        assert_eq!(
            (third.bantime, third.ban_count, third.failures),
            (12, 3, Some(0))
        );
        let detected = database
            .newest_ban("sshd", &Subject::parse("192.0.2.20"))
            .unwrap()
            .unwrap();
        assert_eq!(detected.failures, Some(5));
        assert_eq!(detected.matches.len(), 5);
        assert!(
            detected.matches[0].contains(
                " host sshd[2000]: Failed password for root from 192.0.2.20 port 40 ssh2"
            )
        );
        assert!(
            database
                .has_ban("sshd", &Subject::parse("2001:db8::5"))
                .unwrap()
        );
        assert!(
            !database
                .has_ban("other", &Subject::parse("2001:db8::5"))
                .unwrap()
        );
        let again = database.bans_after(&rows.next, MAX_ROWS).unwrap();
        assert!(again.rows.is_empty() && !again.again);
        assert_eq!(again.next, rows.next);
    }
}

#[test]
fn recorded_database_tells_how_far_logs_were_read() {
    for version in ["1.0.2", "master-deffcbc"] {
        let database = Database::open(&fixture(&format!("sample-{version}.sqlite3"))).unwrap();
        let logs = database.log_positions().unwrap();
        assert_eq!(
            (
                logs[0].position,
                logs[0].first_line_hash.as_ref().unwrap().len()
            ),
            (Some(1830), 40)
        );
        assert_eq!(
            (logs[1].position, &logs[1].first_line_hash),
            (Some(0), &None)
        );
    }
}

#[test]
fn database_of_each_schema_is_read_and_odd_values_cost_no_row() {
    for schema in [1, 2, 4] {
        let folder = tempfile::tempdir().unwrap();
        let (path, connection) = file(folder.path(), schema);
        let (names, values) = if schema < 3 {
            ("", "")
        } else {
            (", bantime", ", -1")
        };
        for (ip, time, data) in [
            (
                "'192.0.2.1'",
                "1388009242.25932",
                "'{\"matches\": [\"abc\\n\"], \"failures\": 3}'",
            ),
            ("'192.0.2.2'", "1388009243", "NULL"),
            ("'192.0.2.3'", "1388009244", "x'7b22'"),
            ("CAST(x'ff61' AS TEXT)", "1388009245", "7"),
            ("NULL", "1388009246", "''"),
        ] {
            let sql = format!(
                "INSERT INTO bans(jail, ip, timeofban, data{names}) VALUES ('sshd', {ip}, {time}, {data}{values})"
            );
            connection.execute(&sql, []).unwrap();
        }
        let database = Database::open(&path).unwrap();
        assert_eq!(database.schema_version().unwrap(), schema);
        let rows = database.bans_after(&Mark::default(), MAX_ROWS).unwrap();
        let ids: Vec<String> = rows.rows.iter().map(|row| row.id.to_string()).collect();
        assert_eq!(ids, ["192.0.2.1", "192.0.2.2", "192.0.2.3", "\u{fffd}a"]);
        let first = &rows.rows[0];
        assert_eq!(
            (first.time_of_ban, first.failures, first.matches.as_slice()),
            (1_388_009_242, Some(3), ["abc".to_owned()].as_slice())
        );
        assert_eq!(first.bantime, if schema < 3 { -2 } else { -1 });
        assert_eq!(rows.rows[2].failures, None);
    }
}

#[test]
fn row_that_takes_the_key_of_a_deleted_one_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let (path, connection) = file(folder.path(), 4);
    let database = Database::open(&path).unwrap();
    for (number, id) in ["192.0.2.1", "192.0.2.2", "192.0.2.3"]
        .into_iter()
        .enumerate()
    {
        insert(&connection, id, 100 + i64::try_from(number).unwrap());
    }
    let (ids, mark, _) = read_on(&database, Mark::default());
    assert_eq!(ids.len(), 3);
    unban(&connection, "192.0.2.3");
    unban(&connection, "192.0.2.2");
    insert(&connection, "192.0.2.9", 102);
    let (ids, mark, again) = read_on(&database, mark);
    assert_eq!((ids, again), (vec!["192.0.2.9".to_owned()], false));
    // Also over a restart of the reader, and for the same name.
    let mark: Mark = serde_json::from_str(&serde_json::to_string(&mark).unwrap()).unwrap();
    unban(&connection, "192.0.2.9");
    insert(&connection, "192.0.2.9", 105);
    let (ids, _, again) = read_on(&Database::open(&path).unwrap(), mark);
    assert_eq!((ids, again), (vec!["192.0.2.9".to_owned()], false));
}

#[test]
fn mark_whose_rows_are_all_gone_tells_all_again_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let (path, connection) = file(folder.path(), 4);
    for number in 1..=100 {
        insert(&connection, &format!("192.0.2.{number}"), number);
    }
    let database = Database::open(&path).unwrap();
    let (_, mark, _) = read_on(&database, Mark::default());
    assert!(
        serde_json::to_string(&mark).unwrap().len() < 1_000,
        "a mark is small"
    );
    connection
        .execute("DELETE FROM bans WHERE rowid > 2", [])
        .unwrap();
    insert(&connection, "192.0.2.200", 101);
    let (ids, _, again) = read_on(&database, mark);
    assert_eq!(ids, ["192.0.2.1", "192.0.2.2", "192.0.2.200"]);
    assert!(again);
}

#[test]
fn file_that_took_the_place_of_the_open_one_is_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let (path, connection) = file(folder.path(), 4);
    insert(&connection, "192.0.2.1", 1);
    let database = Database::open(&path).unwrap();
    let (_, mark, _) = read_on(&database, Mark::default());
    std::fs::rename(&path, folder.path().join("moved")).unwrap();
    assert!(matches!(
        database.bans_after(&mark, 10),
        Err(DatabaseError::Replaced)
    ));
    let (_, connection) = file(folder.path(), 4);
    insert(&connection, "192.0.2.2", 2);
    assert!(matches!(
        database.log_positions(),
        Err(DatabaseError::Replaced)
    ));
    let rows = Database::open(&path)
        .unwrap()
        .bans_after(&mark, 10)
        .unwrap();
    assert!(rows.again, "the mark belongs to another file");
    assert_eq!(rows.rows[0].id.to_string(), "192.0.2.2");
}

#[test]
fn upgrade_of_the_open_file_is_read_on() {
    let folder = tempfile::tempdir().unwrap();
    let (path, connection) = file(folder.path(), 2);
    connection
        .execute(
            "INSERT INTO bans(jail, ip, timeofban) VALUES ('sshd', '192.0.2.1', 1)",
            [],
        )
        .unwrap();
    let database = Database::open(&path).unwrap();
    let (_, mark, _) = read_on(&database, Mark::default());
    connection
        .execute_batch(
            "BEGIN; CREATE TEMPORARY TABLE kept AS SELECT jail, ip, timeofban, -2 AS bantime, 1 AS bancount, data FROM bans; DROP TABLE bans;
             CREATE TABLE bans(jail TEXT NOT NULL, ip TEXT, timeofban INTEGER NOT NULL, bantime INTEGER NOT NULL, bancount INTEGER NOT NULL DEFAULT 1, data JSON);
             INSERT INTO bans SELECT * FROM kept; DROP TABLE kept; UPDATE fail2banDb SET version = 4; COMMIT;",
        )
        .unwrap();
    insert(&connection, "192.0.2.2", 2);
    let rows = database.bans_after(&mark, 10).unwrap();
    assert!(!rows.again);
    assert_eq!((rows.rows.len(), rows.rows[0].bantime), (1, 600));
}

#[test]
fn file_that_is_no_database_is_told_by_its_reason() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    std::fs::write(at("text"), "no database, but long enough to have a header of one hundred bytes, which SQLite reads first of all".repeat(9)).unwrap();
    std::fs::write(at("empty"), "").unwrap();
    std::fs::create_dir(at("folder")).unwrap();
    std::os::unix::fs::symlink(at("nowhere"), at("link")).unwrap();
    let error = |name: &str| Database::open(&at(name)).unwrap_err();
    assert!(matches!(error("none"), DatabaseError::Missing));
    assert!(matches!(error("link"), DatabaseError::Missing));
    assert!(matches!(error("text/below"), DatabaseError::Missing));
    assert!(!at("none").exists(), "nothing is made");
    for name in ["text", "empty", "folder"] {
        assert!(matches!(error(name), DatabaseError::NotADatabase), "{name}");
    }
    let (path, connection) = file(folder.path(), 4);
    connection
        .execute("UPDATE fail2banDb SET version = 5", [])
        .unwrap();
    assert!(matches!(
        Database::open(&path),
        Err(DatabaseError::UnknownSchema(5))
    ));
    connection.execute("DELETE FROM fail2banDb", []).unwrap();
    assert!(matches!(
        Database::open(&path),
        Err(DatabaseError::NotADatabase)
    ));
}

#[test]
fn locked_database_waits_its_time_and_says_locked() {
    let folder = tempfile::tempdir().unwrap();
    let (path, connection) = file(folder.path(), 4);
    let database = Database::open(&path).unwrap();
    connection.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let begin = std::time::Instant::now();
    assert!(matches!(
        database.bans_after(&Mark::default(), 10),
        Err(DatabaseError::Locked)
    ));
    assert!(begin.elapsed().as_secs() >= 2);
    connection.execute_batch("COMMIT").unwrap();
    database.bans_after(&Mark::default(), 10).unwrap();
}

#[test]
fn reader_leaves_no_lock_behind() {
    let folder = tempfile::tempdir().unwrap();
    let (path, connection) = file(folder.path(), 4);
    for number in 0..50 {
        insert(&connection, &format!("192.0.2.{number}"), number);
    }
    let database = Database::open(&path).unwrap();
    connection.busy_timeout(std::time::Duration::ZERO).unwrap();
    database.bans_after(&Mark::default(), 10).unwrap();
    database
        .newest_ban("sshd", &Subject::parse("192.0.2.1"))
        .unwrap();
    database.log_positions().unwrap();
    connection.execute_batch("BEGIN EXCLUSIVE; COMMIT").unwrap();
}

/// What the daemon does to its rows.
#[derive(Debug, Clone)]
enum Step {
    Ban(u8),
    Unban(u8),
    Read,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0..12_u8).prop_map(Step::Ban),
        2 => (0..12_u8).prop_map(Step::Unban),
        2 => Just(Step::Read),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn rows_read_between_any_bans_and_unbans_are_lost_never_and_repeated_only_when_said(steps in prop::collection::vec(step(), 1..120)) {
        let folder = tempfile::tempdir().unwrap();
        let (path, connection) = file(folder.path(), 4);
        let database = Database::open(&path).unwrap();
        let (mut mark, mut told, mut stored) = (Mark::default(), BTreeSet::new(), Vec::new());
        for (time, step) in (1_i64..).zip(steps.into_iter().chain([Step::Read])) {
            match step {
                Step::Ban(number) => {
                    insert(&connection, &format!("192.0.2.{number}"), time);
                    stored.push((format!("192.0.2.{number}"), time));
                }
                Step::Unban(number) => {
                    let id = format!("192.0.2.{number}");
                    unban(&connection, &id);
                    stored.retain(|(other, _)| *other != id);
                }
                Step::Read => {
 let mut again = false;
 loop {
                    let rows = database.bans_after(&mark, 5).unwrap();
 again |= rows.again;
                    for row in &rows.rows {
                        let fresh = told.insert((row.id.to_string(), row.time_of_ban));
                        prop_assert!(fresh || again, "{row:?} twice");
                    }
                    mark = rows.next;
                    if !rows.more {
                        for row in &stored {
                            prop_assert!(told.contains(row), "{row:?} lost");
                        }
                        break;
                    }
                } },
            }
        }
    }
}

/// Reads as fast as it can until the writer is done and a whole round brought nothing new.
fn flat_out(path: &Path, done: &AtomicBool) -> (Vec<String>, usize) {
    let (mut ids, mut mark, mut questions) = (Vec::new(), Mark::default(), 0);
    let database = Database::open(path).unwrap();
    loop {
        let over = done.load(Ordering::SeqCst);
        let rows = database.bans_after(&mark, MAX_ROWS).unwrap();
        database.log_positions().unwrap();
        questions += 1;
        assert!(!rows.again);
        let nothing = rows.rows.is_empty();
        ids.extend(rows.rows.into_iter().map(|row| row.id.to_string()));
        mark = rows.next;
        if over && nothing && ids.len() >= 10_000 {
            return (ids, questions);
        }
    }
}

#[tokio::test]
async fn daemon_writing_ten_thousand_bans_beside_a_reader_flat_out_is_never_locked_out() {
    let daemon = daemon::Daemon::start().await;
    let path = daemon.folder().join("f2b.sqlite3");
    let done = std::sync::Arc::new(AtomicBool::new(false));
    let reader = tokio::task::spawn_blocking({
        let (path, done) = (path.clone(), done.clone());
        move || flat_out(&path, &done)
    });
    let client = daemon.client();
    let begin = std::time::Instant::now();
    for chunk in 0..100_u8 {
        let some: Vec<_> = (0..100_u8)
            .map(|n| format!("10.9.{chunk}.{n}/32").parse().unwrap())
            .collect();
        client.ban("one", &some).await.unwrap();
    }
    let banned = begin.elapsed();
    done.store(true, Ordering::SeqCst);
    let (ids, questions) = reader.await.unwrap();
    println!(
        "10,000 bans ordered in {banned:?}, stored and read in {:?}, {questions} questions",
        begin.elapsed()
    );
    let distinct: BTreeSet<&String> = ids.iter().collect();
    assert_eq!((ids.len(), distinct.len()), (10_000, 10_000));
    let log = std::fs::read_to_string(daemon.folder().join("f2b.log")).unwrap();
    assert!(!log.contains("locked"), "{log}");
}
