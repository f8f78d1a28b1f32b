use std::{
    collections::BTreeSet,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use rusqlite::Connection;

use super::{super::open, super::queries, Folder};

fn plan(connection: &Connection, sql: &str) -> Vec<String> {
    let mut explain = connection
        .prepare(&format!("EXPLAIN QUERY PLAN {sql}"))
        .unwrap();
    let mut rows = explain.raw_query();
    let mut plan = Vec::new();
    while let Some(row) = rows.next().unwrap() {
        plan.push(row.get("detail").unwrap());
    }
    if plan.is_empty() {
        plan.push("looks nothing up".to_owned());
    }
    plan
}

#[test]
fn plans_of_every_statement_are_reviewed() {
    let folder = Folder::new();
    let connection = open::writer(&folder.database(), Duration::from_secs(5)).unwrap();
    let mut plans = String::new();
    for (file, sql) in queries::ALL {
        let steps = plan(&connection, sql).join(" | ");
        writeln!(plans, "{file}: {steps}").unwrap();
    }
    insta::assert_snapshot!(plans, @"
    audit/insert.sql: looks nothing up
    audit/page.sql: SEARCH audit USING INDEX audit_at (at>? AND at<?)
    audit/page_by_action.sql: SEARCH audit USING INDEX audit_action (action=? AND at>? AND at<?)
    audit/page_by_action_outcome.sql: SEARCH audit USING INDEX audit_action_outcome (action=? AND outcome=? AND at>? AND at<?)
    audit/page_by_outcome.sql: SEARCH audit USING INDEX audit_outcome (outcome=? AND at>? AND at<?)
    audit/page_by_user.sql: SEARCH audit USING INDEX audit_user (user_name=? AND at>? AND at<?)
    audit/page_by_user_action.sql: SEARCH audit USING INDEX audit_user_action (user_name=? AND action=? AND at>? AND at<?)
    audit/page_by_user_action_outcome.sql: SEARCH audit USING INDEX audit_user_action_outcome (user_name=? AND action=? AND outcome=? AND at>? AND at<?)
    audit/page_by_user_outcome.sql: SEARCH audit USING INDEX audit_user_outcome (user_name=? AND outcome=? AND at>? AND at<?)
    schema/insert.sql: looks nothing up
    schema/is_ours.sql: SCAN CONSTANT ROW | SCALAR SUBQUERY 1 | SCAN pragma_application_id VIRTUAL TABLE INDEX 0: | SCALAR SUBQUERY 2 | SCAN sqlite_schema
    schema/ping.sql: SCAN CONSTANT ROW | SCALAR SUBQUERY 1 | SEARCH schema_version USING INTEGER PRIMARY KEY (rowid=?)
    schema/version.sql: SEARCH schema_version
    sessions/by_token.sql: SEARCH s USING INDEX sessions_token (token=?) | SEARCH u USING INTEGER PRIMARY KEY (rowid=?)
    sessions/delete_expired.sql: SEARCH sessions USING INDEX sessions_end (ends_at<?)
    sessions/delete_of_user.sql: SEARCH sessions USING COVERING INDEX sessions_user (user_id=?)
    sessions/delete_one.sql: SEARCH sessions USING INDEX sqlite_autoindex_sessions_1 (id=?)
    sessions/insert.sql: looks nothing up
    sessions/of_user.sql: SEARCH sessions USING INDEX sessions_user (user_id=?)
    sessions/touch.sql: SEARCH sessions USING INDEX sqlite_autoindex_sessions_1 (id=?)
    settings/current.sql: SEARCH settings USING INTEGER PRIMARY KEY (rowid=?)
    settings/insert.sql: looks nothing up
    settings/update.sql: SEARCH settings USING INTEGER PRIMARY KEY (rowid=?)
    setup/complete.sql: looks nothing up
    setup/completed.sql: SCAN CONSTANT ROW | SCALAR SUBQUERY 1 | SEARCH setup USING INTEGER PRIMARY KEY (rowid=?)
    users/by_id.sql: SEARCH users USING INTEGER PRIMARY KEY (rowid=?)
    users/by_name.sql: SEARCH users USING INDEX users_name (name=?)
    users/insert.sql: looks nothing up
    users/set_password.sql: SEARCH users USING INTEGER PRIMARY KEY (rowid=?)
    ");
}

#[test]
fn plans_of_statements_over_growing_tables_neither_scan_nor_sort() {
    let folder = Folder::new();
    let connection = open::writer(&folder.database(), Duration::from_secs(5)).unwrap();
    for (file, sql) in queries::ALL {
        for step in plan(&connection, sql) {
            for table in ["audit", "sessions", "users", "s", "u"] {
                assert_ne!(step, format!("SCAN {table}"), "{file}");
                assert!(!step.starts_with(&format!("SCAN {table} ")), "{file}");
            }
            assert!(!step.contains("TEMP B-TREE"), "{file}: {step}");
        }
    }
}

#[test]
fn statement_files_are_all_in_use() {
    let mut found = BTreeSet::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("queries");
    for noun in fs::read_dir(&root).unwrap() {
        for file in fs::read_dir(noun.unwrap().path()).unwrap() {
            found.insert(file.unwrap().path());
        }
    }
    let used: BTreeSet<PathBuf> = queries::ALL
        .iter()
        .map(|(file, _)| root.join(file))
        .collect();
    assert_eq!(found, used);
}
