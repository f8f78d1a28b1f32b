//! The same without BanGUI, by rusqlite alone on one connection of the same settings: the answer from plain rows (`plain`), and, to see where time goes, each
//! statement that the port runs for a question, with its values; rows are read and dropped.
use std::{
    num::NonZeroU8,
    path::Path,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use domain::Storage as _;
use rusqlite::{Connection, OpenFlags, Row, Statement, trace::TraceEvent};
use storage::{OpenOptions, Sqlite};

use super::{
    make::World,
    plain::Plain,
    questions::{Make, QUESTIONS},
    timed,
};
use crate::{
    Error,
    figures::{Figure, Times, millis, ratio},
};

/// Runs of each question, each with other values.
const RUNS: usize = 100;
/// So many questions are asked one after another, then the same of SQLite alone.
const TURN: usize = 20;
/// How much slower than SQLite alone the port may be.
const AT_MOST: f64 = 2.0;
/// Runs of a question over plain rows, which may take seconds: fewer when they have taken so long.
const PLAIN_RUNS: usize = 40;
const ENOUGH: Duration = Duration::from_secs(2);
const FEWEST: usize = 3;

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
    let plain = Plain::of(path).await?;
    let mut figures = Vec::new();
    for (what, make) in QUESTIONS {
        let statements = statements(path, world, *make).await?;
        let (ours, bare) = both(&ours, &bare, world, (*make, &statements)).await?;
        figures.push(figure(
            what,
            &ours,
            &over_plain_rows(&plain, world, *make)?,
            &bare,
        ));
    }
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
    for turn in statements.chunks(TURN) {
        let questions = turn.iter().map(|_| make(world, &mut random)).collect();
        let times = timed::asked(&history, questions).await?;
        by_port.extend(times.into_iter().map(|(time, _)| time));
        for asked in turn {
            alone.push(run(bare, asked)?);
        }
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
pub(super) fn read(row: &Row<'_>) {
    let mut columns = 0;
    while row.get_ref(columns).is_ok() {
        columns += 1;
    }
}

/// The same questions over plain rows.
fn over_plain_rows(plain: &Plain, world: &World, make: Make) -> Result<Times, Error> {
    let mut random = fastrand::Rng::with_seed(SEED);
    let mut times = Vec::new();
    let began = Instant::now();
    while times.len() < FEWEST || (times.len() < PLAIN_RUNS && began.elapsed() < ENOUGH) {
        times.push(plain.ask(&make(world, &mut random))?);
    }
    Ok(Times::new(times))
}

fn figure(what: &str, ours: &Times, plain: &Times, bare: &Times) -> Figure {
    let [ours, plain, bare] = [ours, plain, bare].map(Times::median);
    let name = format!("{what}, against SQLite over plain rows");
    let note = format!(
        "{:.3} ms against {:.3} ms; the port's own statements alone {:.3} ms, medians",
        millis(ours),
        millis(plain),
        millis(bare)
    );
    let figure = Figure::number(name, ratio(ours, plain), "x");
    figure.at_most(AT_MOST).note(note)
}
