//! The same SQL without BanGUI: rusqlite on one connection of the same settings, rows read and dropped.
use std::{path::Path, time::Instant};

use domain::{BanFilter, Storage as _, Timestamp};
use rusqlite::{Connection, OpenFlags, params};
use storage::Sqlite;

use super::{
    make::World,
    questions::{QUESTIONS, millis, times},
};
use crate::{
    Error,
    figures::{Figure, Times, ratio},
};

const RUNS: usize = 300;
/// How much slower than bare SQLite the port may be.
const AT_MOST: f64 = 2.0;

const PAGE: &str = "SELECT e.id, e.at, e.jail, e.kind, e.origin, e.address, e.prefix, e.country, e.asn, e.cause, e.bantime, e.failures, \
     e.ban_count, e.lines, a.name, t.text FROM events e INDEXED BY events_time \
     LEFT JOIN actors a ON a.id = e.actor LEFT JOIN texts t ON t.id = e.text ORDER BY e.at DESC LIMIT 101";
const SERIES: &str =
    "SELECT counts FROM rollups WHERE part = 0 AND k1 BETWEEN ?1 AND ?2 AND k2 = 0";
/// What SQLite alone has to do for that answer, from a row for each quarter of an hour.
const SUMS: &str = "SELECT (quarter - ?1) / 96, sum(bans) FROM quarters WHERE quarter >= ?1 AND quarter < ?2 GROUP BY 1";
const QUARTER: i64 = 900_000;
const QUARTERS: i64 = 365 * 96;
const COUNT: &str = "SELECT count(*) FROM (SELECT 1 FROM events INDEXED BY events_kind WHERE kind = 2 AND origin = 0 LIMIT 10000)";

/// Medians beside medians, of what is asked most.
pub(crate) async fn measure(
    storage: &Sqlite,
    path: &Path,
    world: &World,
) -> Result<Vec<Figure>, Error> {
    let bare = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    bare.pragma_update(None, "cache_size", -1024)?;
    let end = World::end() / QUARTER;
    let year = [end - QUARTERS, end];
    let plain = plain_quarters(storage, year).await?;
    let peers = [
        ("list: newest", "its SQL", bare_times(&bare, PAGE, &[])?),
        (
            "series: 365 days by day",
            "reading its 35 packed rows",
            bare_times(&bare, SERIES, &year.map(|quarter| quarter / 1024))?,
        ),
        (
            "series: 365 days by day",
            "SQL that adds up a row a quarter",
            bare_times(&plain, SUMS, &year)?,
        ),
        ("count: kind", "its SQL", bare_times(&bare, COUNT, &[])?),
    ];
    let mut figures = Vec::new();
    for (what, peer, bare) in peers {
        let Some((_, make)) = QUESTIONS.iter().find(|(name, _)| *name == what) else {
            continue;
        };
        let ours = times(&*storage.history(), world, *make, RUNS).await?;
        figures.push(
            Figure::number(
                format!("{what}, against {peer} in bare SQLite"),
                ratio(ours.median(), bare.median()),
                "x",
            )
            .at_most(AT_MOST)
            .note(format!(
                "{:.3} ms against {:.3} ms, medians",
                millis(ours.median()),
                millis(bare.median())
            )),
        );
    }
    Ok(figures)
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

fn bare_times(bare: &Connection, sql: &str, parameters: &[i64]) -> Result<Times, Error> {
    let mut times = Vec::with_capacity(RUNS);
    for _ in 0..RUNS {
        let began = Instant::now();
        let mut statement = bare.prepare_cached(sql)?;
        let mut rows = match parameters {
            [first, last] => statement.query(params![first, last])?,
            _ => statement.query([])?,
        };
        let mut columns = 0;
        while let Some(row) = rows.next()? {
            // What is not read costs nothing, so everything is.
            while row.get_ref(columns).is_ok() {
                columns += 1;
            }
            columns = 0;
        }
        times.push(began.elapsed());
    }
    Ok(Times::new(times))
}
