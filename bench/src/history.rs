//! The history with many events: what each question costs, beside the same SQL without BanGUI.
mod asked;
mod bare;
mod heard;
mod intake;
#[expect(clippy::indexing_slicing, reason = "the made-up world has fixed sizes")]
mod make;
#[expect(clippy::indexing_slicing, reason = "the made-up world has fixed sizes")]
mod paths;
mod plain;
#[expect(clippy::indexing_slicing, reason = "the made-up world has fixed sizes")]
mod questions;
mod timed;

use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use domain::Storage as _;
use rustix::time::{ClockId, clock_gettime};
use storage::{OpenOptions, Sqlite};

use crate::{BINARY, Error, figures::Figure};
use make::World;

/// Where made databases are kept: a second run does not make them again.
const FOLDER: &str = "target/bench-history";
/// How many events a server has, and how many another that is asked in turn.
const SIZES: [u64; 2] = [1_000_000, 10_000_000];
/// Up to so many events half the time must do.
const FEW: u64 = 2_000_000;
/// How much slower a question may be with ten times the events.
const GROWTH: f64 = 2.0;
/// Resident memory that everything must do with, in MB.
const MEMORY: f64 = 80.0;
/// From opening the file to the first answer, in ms.
const START: f64 = 200.0;

/// Measures a history of so many events; only what has `only` in its name.
pub(crate) async fn all(events: u64, only: &str) -> Result<Vec<Figure>, Error> {
    let world = World::new(events);
    let path = file_of(events).await?;
    let began = Instant::now();
    let storage = Sqlite::open(OpenOptions::new(&path))?;
    storage.history().last_event().await?;
    let start = began.elapsed();
    let size = storage.history().history_size().await?;
    let mut figures = vec![
        Figure::number("events", units(size.events), "").note(format!(
            "{:.0} MB on disk, {:.0} bytes each",
            units(size.bytes) / 1e6,
            units(size.bytes) / units(size.events).max(1.0)
        )),
        Figure::time("opened, to the first answer", start).at_most(START),
    ];
    figures.extend(timed::measure(&storage, &world, (limit_of(events), only)).await?);
    figures.push(memory("resident memory after all questions")?);
    storage.close().await;
    if "bare".contains(only) {
        figures.extend(bare::measure(&path, &world).await?);
    }
    if "intake".contains(only) {
        figures.extend(intake::measure(&path, &world).await?);
    }
    Ok(figures)
}

/// Measures over HTTP, with both sizes; only what has `only` in its name. What has limits is what a server needs for a request.
pub(crate) async fn over_http(only: &str) -> Result<Vec<Figure>, Error> {
    let binary =
        std::env::var_os("BANGUI_TEST_BINARY").map_or_else(|| PathBuf::from(BINARY), PathBuf::from);
    asked::measure(&binary, SIZES, only).await
}

/// At p99, in ms.
const fn limit_of(events: u64) -> f64 {
    if events > FEW { 10.0 } else { 5.0 }
}

/// The database with so many events, which is made when it is not there; all of it is in the system's cache, as what a running server has read once.
async fn file_of(events: u64) -> Result<PathBuf, Error> {
    let path = make::path(Path::new(FOLDER), events);
    if !path.exists() {
        // In a process of its own, whose memory is not measured.
        let made = tokio::process::Command::new(std::env::current_exe()?)
            .args(["history", "--make", &events.to_string()])
            .status()
            .await?;
        if !made.success() {
            return Err(Error::Server("no events were made".to_owned()));
        }
    }
    std::io::copy(&mut std::fs::File::open(&path)?, &mut std::io::sink())?;
    Ok(path)
}

/// Makes a history of so many events.
pub(crate) async fn make(events: u64) -> Result<Vec<Figure>, Error> {
    make::make(Path::new(FOLDER), &World::new(events)).await?;
    Ok(Vec::new())
}

fn memory(what: &str) -> Result<Figure, Error> {
    const PAGES_PER_MB: f64 = 256.0;
    let status = std::fs::read_to_string("/proc/self/statm")?;
    let pages: f64 = status
        .split(' ')
        .nth(1)
        .and_then(|pages| pages.parse().ok())
        .ok_or_else(|| Error::Server("the system tells no memory".to_owned()))?;
    Ok(Figure::number(what, pages / PAGES_PER_MB, "MB").at_most(MEMORY))
}

#[expect(
    clippy::cast_precision_loss,
    reason = "figures for people have three digits"
)]
pub(crate) const fn units(number: u64) -> f64 {
    number as f64
}

/// Processor time of this process so far.
pub(crate) fn processor() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(
        time.tv_sec.unsigned_abs(),
        u32::try_from(time.tv_nsec).unwrap_or_default(),
    )
}
