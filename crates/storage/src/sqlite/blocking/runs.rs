//! Rows of `blocklist_runs`.
use domain::{
    BlocklistId, ImportOutcome, ImportRun, JunkExample, LeftOut, StorageError, Timestamp,
    WaitReason, Why,
};
use rusqlite::{Connection, Row, named_params};
use serde_json::{Value, json};

use super::{
    super::{error::driver, queries, tasks},
    inconsistent,
};

const TABLE: &str = "blocklist_runs";

/// How many runs of a list are kept.
const KEPT: i64 = 100;

/// Adds a run, and forgets what is older than the last [`KEPT`] of its list.
pub(super) fn insert(connection: &Connection, run: &ImportRun) -> Result<(), StorageError> {
    let (cause, person) = tasks::cause_columns(&run.cause);
    let (outcome, waits, problem) = match &run.outcome {
        ImportOutcome::Taken => ("taken", None, None),
        ImportOutcome::Unchanged => ("unchanged", None, None),
        ImportOutcome::Waits(reason) => ("waits", Some(reason.as_str()), None),
        ImportOutcome::Confirmed => ("confirmed", None, None),
        ImportOutcome::Failed { problem } => ("failed", None, Some(problem)),
    };
    let why = problem.and_then(why_text);
    connection
        .prepare_cached(queries::BLOCKLISTS_RUN_INSERT)
        .and_then(|mut statement| {
            statement.execute(named_params! {
                ":list": run.list.0,
                ":began_at": run.began_at.as_millis(),
                ":took_ms": run.took_ms.cast_signed(),
                ":cause": cause,
                ":person": person,
                ":outcome": outcome,
                ":waits": waits,
                ":problem": problem.map(|problem| &problem.text),
                ":why": why,
                ":bytes": run.bytes.cast_signed(),
                ":parsed": run.parsed.cast_signed(),
                ":masked": run.masked.cast_signed(),
                ":junk": run.junk.cast_signed(),
                ":junk_examples": examples_text(&run.junk_examples),
                ":too_wide": run.too_wide.cast_signed(),
                ":special": run.special.cast_signed(),
                ":subtracted": run.subtracted.cast_signed(),
                ":left_out": left_out_text(&run.left_out),
                ":networks": run.networks.cast_signed(),
                ":added": run.added.cast_signed(),
                ":removed": run.removed.cast_signed(),
            })
        })
        .map_err(driver)?;
    connection
        .prepare_cached(queries::BLOCKLISTS_RUNS_FORGET)
        .and_then(|mut statement| {
            statement.execute(named_params! { ":list": run.list.0, ":keep": KEPT })
        })
        .map(|_| ())
        .map_err(driver)
}

/// The last runs of a list, newest first.
pub(super) fn last(
    connection: &Connection,
    list: BlocklistId,
    limit: u32,
) -> Result<Vec<ImportRun>, StorageError> {
    let mut statement = connection
        .prepare_cached(queries::BLOCKLISTS_RUNS)
        .map_err(driver)?;
    let mut rows = statement
        .query(named_params! { ":list": list.0, ":limit": limit })
        .map_err(driver)?;
    let mut runs = Vec::new();
    while let Some(row) = rows.next().map_err(driver)? {
        runs.push(run(row)?);
    }
    Ok(runs)
}

fn run(row: &Row<'_>) -> Result<ImportRun, StorageError> {
    let number = |column| row.get::<_, i64>(column).map_err(driver);
    let count = |column| number(column).map(i64::cast_unsigned);
    let examples: String = row.get("junk_examples").map_err(driver)?;
    Ok(ImportRun {
        list: BlocklistId(number("list")?),
        began_at: Timestamp::from_millis(number("began_at")?),
        took_ms: count("took_ms")?,
        cause: tasks::cause(row)?,
        outcome: outcome(row)?,
        bytes: count("bytes")?,
        parsed: count("parsed")?,
        masked: count("masked")?,
        junk: count("junk")?,
        junk_examples: examples_of(&examples)?,
        too_wide: count("too_wide")?,
        special: count("special")?,
        subtracted: count("subtracted")?,
        left_out: left_out(row)?,
        networks: count("networks")?,
        added: count("added")?,
        removed: count("removed")?,
    })
}

fn outcome(row: &Row<'_>) -> Result<ImportOutcome, StorageError> {
    let outcome: String = row.get("outcome").map_err(driver)?;
    match &*outcome {
        "taken" => Ok(ImportOutcome::Taken),
        "unchanged" => Ok(ImportOutcome::Unchanged),
        "confirmed" => Ok(ImportOutcome::Confirmed),
        "waits" => {
            let reason: String = row.get("waits").map_err(driver)?;
            wait_reason(&reason).map(ImportOutcome::Waits)
        }
        "failed" => Ok(ImportOutcome::Failed {
            problem: problem(row)?,
        }),
        _ => Err(inconsistent(
            TABLE,
            "outcome is none of those that there are",
        )),
    }
}

/// The column `why`: what a sentence is called, and what it is about.
fn why_text(why: &Why) -> Option<String> {
    let code = why.code?;
    Some(json!({ "code": code.as_str(), "facts": why.facts }).to_string())
}

fn problem(row: &Row<'_>) -> Result<Why, StorageError> {
    let text: String = row.get("problem").map_err(driver)?;
    let named: Option<String> = row.get("why").map_err(driver)?;
    let Some(named) = named else {
        return Ok(Why::unnamed(text));
    };
    let read = || {
        let mut named: Value = serde_json::from_str(&named).ok()?;
        named
            .as_object_mut()?
            .insert("text".to_owned(), text.into());
        serde_json::from_value(named).ok()
    };
    read().ok_or(inconsistent(TABLE, "why is none"))
}

/// The reason of a text.
pub(super) fn wait_reason(text: &str) -> Result<WaitReason, StorageError> {
    WaitReason::ALL
        .into_iter()
        .find(|reason| reason.as_str() == text)
        .ok_or(inconsistent(
            TABLE,
            "a reason is none of those that there are",
        ))
}

/// The column `left_out`; `None` where nothing was, or nobody wrote down what.
fn left_out_text(left_out: &LeftOut) -> Option<String> {
    (*left_out != LeftOut::default()).then(|| json!(left_out).to_string())
}

fn left_out(row: &Row<'_>) -> Result<LeftOut, StorageError> {
    let text: Option<String> = row.get("left_out").map_err(driver)?;
    let read = |text: String| {
        serde_json::from_str(&text).map_err(|_| inconsistent(TABLE, "left_out names no networks"))
    };
    text.map_or_else(|| Ok(LeftOut::default()), read)
}

fn examples_text(examples: &[JunkExample]) -> String {
    let pairs = examples
        .iter()
        .map(|example| serde_json::json!([example.line, example.text]));
    serde_json::Value::Array(pairs.collect()).to_string()
}

fn examples_of(text: &str) -> Result<Vec<JunkExample>, StorageError> {
    let pairs: Vec<(u64, String)> = serde_json::from_str(text)
        .map_err(|_| inconsistent(TABLE, "junk_examples are no pairs"))?;
    Ok(pairs
        .into_iter()
        .map(|(line, text)| JunkExample { line, text })
        .collect())
}
