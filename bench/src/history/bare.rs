//! The same SQL without BanGUI: each statement that the port runs for a question, with its values, by rusqlite alone on one connection of the same
//! settings; rows are read and dropped.
use std::{
    num::NonZeroU8,
    path::Path,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use domain::{BanFilter, Storage as _, Timestamp};
use rusqlite::{Connection, OpenFlags, Row, Statement, params, trace::TraceEvent};
use storage::{OpenOptions, Sqlite};

use super::{
    make::World,
    questions::{Make, QUESTIONS},
    timed::times,
};
use crate::{
    Error,
    figures::{Figure, Times, millis, ratio},
};

/// Runs of each question, each with other values.
const RUNS: usize = 100;
/// How much slower than bare SQLite the port may be.
const AT_MOST: f64 = 2.0;

const SERIES: &str = "series: 365 days by day";
/// What SQLite alone has to do for that answer, from a row for each quarter of an hour.
const SUMS: &str = "SELECT (quarter - ?1) / 96, sum(bans) FROM quarters WHERE quarter >= ?1 AND quarter < ?2 GROUP BY 1";
const QUARTER: i64 = 900_000;
const QUARTERS: i64 = 365 * 96;

/// A statement with its values, and how many of its rows the port has read: it stops where it has enough.
struct Run {
    sql: String,
    rows: usize,
}

/// The statements of one asking.
type Asked = Vec<Run>;

/// What the readers have run since it was last taken.
static TOLD: Mutex<Asked> = Mutex::new(Vec::new());

fn tell(event: TraceEvent<'_>) {
    let mut told = TOLD.lock().unwrap_or_else(PoisonError::into_inner);
    match event {
        TraceEvent::Stmt(statement, _) => {
            // Some run others of SQLite's own, which stand there as comments.
            let is_ours = |sql: &String| sql.lines().any(|line| !line.starts_with("--"));
            let sql = statement.expanded_sql().filter(is_ours);
            told.extend(sql.map(|sql| Run { sql, rows: 0 }));
        }
        TraceEvent::Row(statement) => {
            let sql = statement.expanded_sql();
            let of = |run: &&mut Run| Some(&run.sql) == sql.as_ref();
            if let Some(run) = told.iter_mut().rev().find(of) {
                run.rows += 1;
            }
        }
        _ => {}
    }
}

fn told() -> Asked {
    std::mem::take(&mut *TOLD.lock().unwrap_or_else(PoisonError::into_inner))
}

/// Medians beside medians, of every question.
pub(crate) async fn measure(path: &Path, world: &World) -> Result<Vec<Figure>, Error> {
    let ours = Sqlite::open(OpenOptions::new(path))?;
    let bare = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    bare.pragma_update(None, "cache_size", -1024)?;
    let mut figures = Vec::new();
    for (what, make) in QUESTIONS {
        let statements = statements(path, world, *make).await?;
        let (ours, bare) = both(&ours, &bare, world, (*make, &statements)).await?;
        figures.push(figure(what, "its SQL", &ours, &bare));
    }
    figures.push(year_by_day(&ours, world).await?);
    ours.close().await;
    Ok(figures)
}

/// What is run for a question, for each of its values.
async fn statements(path: &Path, world: &World, make: Make) -> Result<Vec<Asked>, Error> {
    let told_of = Sqlite::open(OpenOptions {
        readers: NonZeroU8::MIN,
        trace: Some(tell),
        ..OpenOptions::new(path)
    })?;
    told();
    let mut random = fastrand::Rng::with_seed(SEED);
    let mut statements = Vec::with_capacity(RUNS);
    for _ in 0..RUNS {
        make(world, &mut random).ask(&*told_of.history()).await?;
        statements.push(told());
    }
    told_of.close().await;
    Ok(statements)
}

/// Values that are the same for who is asked with and without BanGUI.
const SEED: u64 = 13;

/// The port and SQLite alone, in turns: what the machine does meanwhile is shared by both.
async fn both(
    ours: &Sqlite,
    bare: &Connection,
    world: &World,
    (make, statements): (Make, &[Asked]),
) -> Result<(Times, Times), Error> {
    let history = ours.history();
    let mut random = fastrand::Rng::with_seed(SEED);
    let (mut by_port, mut alone) = (Vec::new(), Vec::new());
    for asked in statements {
        let question = make(world, &mut random);
        let began = Instant::now();
        question.ask(&*history).await?;
        by_port.push(began.elapsed());
        alone.push(run(bare, asked)?);
    }
    Ok((Times::new(by_port), Times::new(alone)))
}

/// How long the statements take that were prepared before.
fn run(bare: &Connection, asked: &[Run]) -> Result<Duration, Error> {
    let prepared = asked.iter().map(|run| bare.prepare(&run.sql));
    let mut prepared = prepared.collect::<Result<Vec<Statement<'_>>, _>>()?;
    let began = Instant::now();
    for (statement, run) in prepared.iter_mut().zip(asked) {
        let mut rows = statement.raw_query();
        let mut left = run.rows;
        // One that gives no rows has to be run all the same.
        while let Some(row) = rows.next()? {
            read(row);
            left = left.saturating_sub(1);
            if left == 0 {
                break;
            }
        }
    }
    Ok(began.elapsed())
}

/// What is not read costs nothing, so everything is.
fn read(row: &Row<'_>) {
    let mut columns = 0;
    while row.get_ref(columns).is_ok() {
        columns += 1;
    }
}

/// The year by day beside SQL that gives the same answer from plain rows.
async fn year_by_day(ours: &Sqlite, world: &World) -> Result<Figure, Error> {
    let end = World::end() / QUARTER;
    let year = [end - QUARTERS, end];
    let plain = plain_quarters(ours, year).await?;
    let mut alone = Vec::with_capacity(RUNS);
    let mut sums = plain.prepare(SUMS)?;
    for _ in 0..RUNS {
        let began = Instant::now();
        let mut rows = sums.query(params![year[0], year[1]])?;
        while let Some(row) = rows.next()? {
            read(row);
        }
        alone.push(began.elapsed());
    }
    let make = QUESTIONS.iter().find(|(name, _)| *name == SERIES);
    let make = make.map(|(_, make)| *make).ok_or(Error::Usage)?;
    let ours = times(&*ours.history(), world, make, RUNS).await?;
    let peer = "SQL that adds up a row a quarter";
    Ok(figure(SERIES, peer, &ours, &Times::new(alone)))
}

fn figure(what: &str, peer: &str, ours: &Times, bare: &Times) -> Figure {
    let (ours, bare) = (ours.median(), bare.median());
    let name = format!("{what}, against {peer} in bare SQLite");
    let note = format!(
        "{:.3} ms against {:.3} ms, medians",
        millis(ours),
        millis(bare)
    );
    let figure = Figure::number(name, ratio(ours, bare), "x");
    figure.at_most(AT_MOST).note(note)
}

/// The bans of each quarter of an hour as rows, in memory.
async fn plain_quarters(storage: &Sqlite, [first, end]: [i64; 2]) -> Result<Connection, Error> {
    let plain = Connection::open_in_memory()?;
    plain.execute_batch(
        "CREATE TABLE quarters (quarter INTEGER PRIMARY KEY, bans INTEGER NOT NULL) STRICT; BEGIN",
    )?;
    let edges: Vec<_> = (first..=end)
        .map(|quarter| Timestamp::from_millis(quarter * QUARTER))
        .collect();
    let history = storage.history();
    let bans = history.bans_between(&BanFilter::default(), &edges).await?;
    for (quarter, bans) in (first..).zip(bans) {
        plain
            .prepare_cached("INSERT INTO quarters VALUES (?1, ?2)")?
            .execute(params![quarter, bans.cast_signed()])?;
    }
    plain.execute_batch("COMMIT")?;
    Ok(plain)
}
