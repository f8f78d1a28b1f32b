use std::{
    collections::BTreeSet,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use rusqlite::{Connection, StatementStatus, named_params};

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
    insta::assert_snapshot!("plans", plans);
}

#[test]
fn plans_of_statements_over_growing_tables_neither_scan_nor_sort() {
    let folder = Folder::new();
    let connection = open::writer(&folder.database(), Duration::from_secs(5)).unwrap();
    for (file, sql) in queries::ALL {
        for step in plan(&connection, sql) {
            for table in [
                "audit",
                "sessions",
                "users",
                "s",
                "u",
                "events",
                "e",
                "event_lines",
                "rollups",
                "subjects",
                "repeaters",
                "offenders",
                "failures",
                "own_bans",
                "texts",
                "t",
                "actors",
                "a",
            ] {
                assert_ne!(step, format!("SCAN {table}"), "{file}");
                assert!(!step.starts_with(&format!("SCAN {table} ")), "{file}");
            }
            assert!(!step.contains("TEMP B-TREE"), "{file}: {step}");
        }
    }
}

#[test]
fn statement_run_with_other_values_is_not_prepared_again() {
    let folder = Folder::new();
    drop(open::writer(&folder.database(), Duration::from_secs(5)).unwrap());
    let connection = open::reader(&folder.database(), Duration::from_secs(5)).unwrap();
    let mut statement = connection.prepare(queries::EVENTS_COUNT_JAIL).unwrap();
    for jail in 0..3 {
        let values = named_params! {
            ":jail": jail, ":kind": jail, ":origin": jail, ":from": jail, ":until": jail + 9, ":limit": jail,
        };
        let count: i64 = statement.query_row(values, |row| row.get(0)).unwrap();
        assert_eq!(count, 0);
    }
    assert_eq!(statement.get_status(StatementStatus::RePrepare), 0);
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
