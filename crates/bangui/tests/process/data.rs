use std::{fs, os::unix::fs::PermissionsExt as _};

use rusqlite::Connection;

use crate::{
    ground::{Ground, permitted, refused},
    http::Browser,
};

/// Serves once, so that there is a database with an account.
fn with_database() -> Ground {
    let ground = Ground::new();
    let server = ground.serve();
    Browser::set_up(server.address);
    server.terminate();
    assert!(server.ended().success());
    ground
}

#[test]
fn first_start_makes_a_folder_and_a_database_for_this_user_alone() {
    let ground = with_database();
    let mode = |path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(ground.data()), 0o700);
    assert_eq!(mode(ground.database()), 0o600);
    assert_eq!(mode(ground.data().join("config")), 0o700);
    let mut files: Vec<_> = fs::read_dir(ground.data())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    files.sort();
    let expected = ["bangui.sqlite3", "config"];
    assert_eq!(files, expected, "the log is folded in at the end");
}

#[test]
fn start_where_the_data_folder_cannot_be_made_says_so() {
    let ground = Ground::new();
    fs::write(ground.path("file"), "").unwrap();
    let folder = ground.path("file/data");
    let before = ground.content();
    let folder = folder.to_str().unwrap();
    refused(
        ground.command(&["serve", "--data-dir", folder]),
        1,
        &[
            &format!("the data folder {folder} cannot be made"),
            "BANGUI_DATA_DIR",
            "because: Not a directory",
        ],
    );
    assert_eq!(ground.content(), before);
}

#[test]
fn start_on_a_database_of_a_newer_version_is_refused_and_leaves_it() {
    let ground = with_database();
    let database = Connection::open(ground.database()).unwrap();
    database
        .execute_batch("INSERT INTO schema_version (version, name) VALUES (9000, 'of tomorrow')")
        .unwrap();
    // Folds the log into the file, so that bytes can be compared.
    database.close().unwrap();
    let before = ground.content();
    refused(
        ground.command(&["serve"]),
        1,
        &[
            "the database cannot be opened",
            "version 9000",
            "install the BanGUI that wrote it or a newer one",
        ],
    );
    assert_eq!(ground.content(), before);
}

#[test]
fn start_on_the_database_of_another_program_is_refused_and_leaves_it() {
    let ground = Ground::new();
    fs::create_dir(ground.data()).unwrap();
    let database = Connection::open(ground.database()).unwrap();
    database
        .execute_batch("CREATE TABLE fail2banDb (version INTEGER); CREATE TABLE bans (ip TEXT);")
        .unwrap();
    database.close().unwrap();
    let before = ground.content();
    refused(
        ground.command(&["serve"]),
        1,
        &[
            "the database of another program",
            "set a path of BanGUI's own",
        ],
    );
    assert_eq!(ground.content(), before);

    fs::write(ground.database(), "no database at all, only text").unwrap();
    let before = ground.content();
    refused(
        ground.command(&["serve"]),
        1,
        &["is not a database", "move the file away to begin anew"],
    );
    assert_eq!(ground.content(), before);
}

#[test]
fn start_on_a_read_only_file_system_says_so_and_changes_nothing() {
    // Root may write what its mode forbids; a mount that is read-only binds everybody. It ends with the process that made it.
    if !permitted("unshare", &["--mount"]) {
        return;
    }
    let ground = with_database();
    let before = ground.content();
    let data = ground.data();
    let script =
        r#"mount --bind "$DATA" "$DATA" && mount -o remount,bind,ro "$DATA" && exec "$0" "$@""#;
    let mut command = ground.under("unshare", &["--mount", "sh", "-c", script], &["serve"]);
    command.env("DATA", &data);
    refused(
        command,
        1,
        &[
            "the database cannot be opened",
            &format!("{} cannot be written", data.display()),
            "not mounted read-only",
        ],
    );
    assert_eq!(ground.content(), before);
}

#[test]
fn second_start_on_the_same_data_folder_is_refused_while_the_first_one_serves() {
    let ground = Ground::new();
    let first = ground.serve();
    let browser = Browser::set_up(first.address);
    refused(
        ground.command(&["serve"]),
        1,
        &["another BanGUI uses the data folder", "BANGUI_DATA_DIR"],
    );
    assert_eq!(browser.get("/api/v1/session").status, 200);
    first.terminate();
    assert!(first.ended().success());
    // Nothing that the first one left holds the next one up.
    let again = ground.serve();
    assert_eq!(
        browser
            .moved_to(again.address)
            .get("/api/v1/session")
            .status,
        200
    );
}

#[test]
fn start_after_a_kill_finds_what_was_written() {
    let ground = Ground::new();
    let killed = ground.serve();
    let browser = Browser::set_up(killed.address);
    drop(killed);
    let again = ground.serve();
    assert_eq!(
        browser
            .moved_to(again.address)
            .get("/api/v1/session")
            .status,
        200
    );
}
