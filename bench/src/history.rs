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
use timed::Medians;

/// Where made databases are kept: a second run does not make them again.
const FOLDER: &str = "target/bench-history";
/// How much slower a question may be with ten times the events.
const GROWTH: f64 = 2.0;
/// Resident memory that everything must do with, in MB.
const MEMORY: f64 = 80.0;
/// From opening the file to the first answer, in ms.
const START: f64 = 200.0;

/// Measures a history of so many events; only what has `only` in its name.
pub(crate) async fn all(events: u64, only: &str) -> Result<Vec<Figure>, Error> {
    let world = World::new(events);
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
    // What a running server has read once is in the system's cache; a disk's speed is not what is measured.
    std::io::copy(&mut std::fs::File::open(&path)?, &mut std::io::sink())?;
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
    // 5 ms with a million events, 10 ms with ten.
    let limit = if events > 2_000_000 { 10.0 } else { 5.0 };
    let (questions, medians) = timed::measure(&storage, &world, (limit, only)).await?;
    figures.extend(questions);
    if only.is_empty() {
        figures.extend(growth(events, "", &medians)?);
    }
    figures.push(memory("resident memory after all questions")?);
    storage.close().await;
    if "bare".contains(only) {
        figures.extend(bare::measure(&path, &world).await?);
    }
    figures.extend(over_http(&path, &world, (limit, only)).await?);
    if "intake".contains(only) {
        figures.extend(intake::measure(&path, &world).await?);
    }
    Ok(figures)
}

/// What is asked of a server; without its binary that is left out.
async fn over_http(
    path: &Path,
    world: &World,
    (limit, only): (f64, &str),
) -> Result<Vec<Figure>, Error> {
    let binary =
        std::env::var_os("BANGUI_TEST_BINARY").map_or_else(|| PathBuf::from(BINARY), PathBuf::from);
    let is_all = asked::PART.contains(only);
    if !(is_all || only.starts_with(asked::PART)) || !binary.exists() {
        return Ok(Vec::new());
    }
    let (mut figures, medians) = asked::measure(&binary, path, world, (limit, only)).await?;
    if is_all {
        figures.extend(growth(world.events, "http: ", &medians)?);
    }
    Ok(figures)
}

/// Makes a history of so many events.
pub(crate) async fn make(events: u64) -> Result<Vec<Figure>, Error> {
    make::make(Path::new(FOLDER), &World::new(events)).await?;
    Ok(Vec::new())
}

/// Keeps the medians, and compares them with those of a tenth of the events, when these were measured.
fn growth(events: u64, how: &str, medians: &Medians) -> Result<Vec<Figure>, Error> {
    let file = |events: u64| Path::new(FOLDER).join(format!("{events}{}.medians", how.trim_end()));
    std::fs::write(file(events), serde_json::to_vec(medians)?)?;
    let Ok(fewer) = std::fs::read(file(events / 10)) else {
        return Ok(Vec::new());
    };
    let fewer: Medians = serde_json::from_slice(&fewer)?;
    let mut ratios: Vec<(f64, &str)> = medians
        .iter()
        .filter_map(|(what, median)| Some((median / fewer.get(what)?, what.as_str())))
        .collect();
    ratios.sort_by(|one, other| other.0.total_cmp(&one.0));
    let above = ratios.iter().filter(|(ratio, _)| *ratio > GROWTH);
    let above: Vec<String> = above
        .map(|(ratio, what)| format!("{what} {ratio:.1}"))
        .collect();
    let middle = ratios.get(ratios.len() / 2).map_or(0.0, |ratio| ratio.0);
    let worst = Figure::number(
        format!("{how}medians against those with a tenth of the events: worst"),
        ratios.first().map_or(0.0, |ratio| ratio.0),
        "x",
    )
    .note(format!(
        "half of them at most {middle:.2} x; above {GROWTH} x: {}",
        above.join(", ")
    ));
    // What has a limit is what a server needs for a request.
    let has_limit = !how.is_empty();
    Ok(vec![if has_limit {
        worst.at_most(GROWTH)
    } else {
        worst
    }])
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
