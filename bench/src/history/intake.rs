//! How fast events are kept, and what reading costs meanwhile. On a copy of the database.
use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

use domain::{HearCursor, HostId, Storage as _};
use rusqlite::{Connection, OpenFlags};
use storage::{OpenOptions, Sqlite};

use super::{
    make::{BATCH_OF_AGENT as BATCH, Stream, World, store},
    processor,
    questions::QUESTIONS,
    timed::times,
    units,
};
use crate::{
    Error,
    figures::{Figure, millis, ratio},
};

/// Twice what is recent before it is worked into the tables (events, and as many failures as bans): with the run-in, the cost of both rounds is in it whole.
const BATCHES: usize = 176;
/// Stored after a round before anything is measured.
const RUN_IN: usize = 15;
/// Events a second, at least.
const LEAST: f64 = 20_000.0;
const READS: usize = 200;

pub(crate) async fn measure(path: &Path, world: &World) -> Result<Vec<Figure>, Error> {
    let copy = path.with_extension("copy");
    fs::copy(path, &copy)?;
    let measured = on_copy(&copy, world).await;
    for suffix in ["copy", "copy-wal", "copy-shm"] {
        let _ = fs::remove_file(path.with_extension(suffix));
    }
    measured
}

async fn on_copy(copy: &Path, world: &World) -> Result<Vec<Figure>, Error> {
    let storage = Sqlite::open(OpenOptions::new(copy))?;
    let cursor = storage.history().hear_cursor(&HostId::local()).await?;
    let mut stream = world.stream(99, World::end());
    let cursor = run_in(&storage, copy, cursor, &mut stream).await?;
    let written_before = written()?;
    let (alone, used, cursor) = keep(&storage, cursor, &mut stream).await?;
    let bytes = written()?.saturating_sub(written_before);
    let events = units((BATCH * BATCHES) as u64);
    let mut figures = vec![
        Figure::number(
            "intake alone, batches of 500",
            per_second(alone),
            "events/s",
        )
        .at_least(LEAST)
        .note(format!(
            "{:.0} % of the time on a processor, {:.1} µs an event; {:.1} kB written for each",
            ratio(used, alone) * 100.0,
            used.as_secs_f64() * 1e6 / events,
            units(bytes) / 1e3 / events,
        )),
    ];
    let history = storage.history();
    let mut idle = Vec::new();
    for (what, make) in watched() {
        idle.push((what, make, times(&history, world, make, READS).await?));
    }
    let reading = async {
        let mut busy = Vec::new();
        for (what, make, idle) in idle {
            busy.push((what, idle, times(&history, world, make, READS).await?));
        }
        Ok::<_, Error>(busy)
    };
    let (kept, busy) = tokio::join!(keep(&storage, cursor, &mut stream), reading);
    let (beside, ..) = kept?;
    figures.push(
        Figure::number("intake while others read", per_second(beside), "events/s").at_least(LEAST),
    );
    for (what, idle, busy) in busy? {
        figures.push(
            Figure::number(
                format!("{what} during the intake, median against idle"),
                ratio(busy.median(), idle.median()),
                "x",
            )
            .at_most(2.0)
            .note(format!(
                "{:.3} ms against {:.3} ms",
                millis(busy.median()),
                millis(idle.median())
            )),
        );
    }
    storage.close().await;
    Ok(figures)
}

fn watched() -> impl Iterator<Item = (&'static str, super::questions::Make)> {
    const WATCHED: [&str; 4] = [
        "list: newest",
        "list: country",
        "series: 365 days by day",
        "map: 30 days",
    ];
    QUESTIONS
        .iter()
        .filter(|(what, _)| WATCHED.contains(what))
        .map(|(what, make)| (*what, *make))
}

/// Stores until recent events have been worked into the tables, and a little more: whatever the database began with, what is measured begins at the same place.
async fn run_in(
    storage: &Sqlite,
    copy: &Path,
    mut cursor: Option<HearCursor>,
    stream: &mut Stream<'_>,
) -> Result<Option<HearCursor>, Error> {
    let raw = Connection::open_with_flags(copy, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let mut before = 0;
    let mut more = None;
    while more != Some(0) {
        let batch: Vec<_> = stream.by_ref().take(BATCH).collect();
        cursor = store(storage, cursor, batch).await?;
        let now: i64 = raw.query_row("SELECT count(*) FROM recent", [], |row| row.get(0))?;
        more = match more {
            Some(more) => Some(more - 1),
            None => (now < before).then_some(RUN_IN),
        };
        before = now;
    }
    Ok(cursor)
}

/// Stores batches one after another, as the intake does; the time of storing by the clock and on the processor.
async fn keep(
    storage: &Sqlite,
    mut cursor: Option<HearCursor>,
    stream: &mut Stream<'_>,
) -> Result<(Duration, Duration, Option<HearCursor>), Error> {
    let (mut time, mut used) = (Duration::ZERO, Duration::ZERO);
    for _ in 0..BATCHES {
        let batch: Vec<_> = stream.by_ref().take(BATCH).collect();
        let (began, used_before) = (Instant::now(), processor());
        cursor = store(storage, cursor, batch).await?;
        time += began.elapsed();
        used += processor().saturating_sub(used_before);
    }
    Ok((time, used, cursor))
}

/// Bytes that this process has given to the system to write.
fn written() -> Result<u64, Error> {
    let io = fs::read_to_string("/proc/self/io")?;
    io.lines()
        .find_map(|line| line.strip_prefix("wchar: "))
        .and_then(|bytes| bytes.parse().ok())
        .ok_or_else(|| Error::Server("the system tells no bytes written".to_owned()))
}

fn per_second(time: Duration) -> f64 {
    units((BATCH * BATCHES) as u64) / time.as_secs_f64()
}
