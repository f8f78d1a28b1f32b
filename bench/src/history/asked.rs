//! The same questions over HTTP on loopback: what a page waits for, but for the network.
//!
//! A server with few events and one with many are asked in turn. Measured one after the other, what else the machine did meanwhile was in the growth too: a third of
//! it from minute to minute.
use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use lab::{Enforcement, JailSet, Lab, LabConfig};

use super::{
    GROWTH, MEMORY, file_of, heard, limit_of,
    make::World,
    paths::{AskedPath, QUESTIONS},
    units,
};
use crate::{
    Error,
    figures::{Figure, ROUNDS, Rounds, Times, millis, ratio},
    http::{self, Http},
    server::Server,
};

const RUNS: usize = 200;
/// The first of them warm the caches of the system.
const WARM: usize = 10;
/// From before the process was made to the first 200, in ms.
const START: f64 = 200.0;

/// Asks a server with few events and one with many what has `only` in its name.
pub(crate) async fn measure(
    binary: &Path,
    [few, many]: [u64; 2],
    only: &str,
) -> Result<Vec<Figure>, Error> {
    let mut sides = [
        Side::start(binary, few).await?,
        Side::start(binary, many).await?,
    ];
    let mut figures: Vec<Figure> = sides.iter().map(Side::start_figure).collect();
    let questions = QUESTIONS.iter().filter(|(what, _)| what.contains(only));
    let mut asked: Vec<Asked> = Vec::new();
    for (what, path) in questions {
        asked.push(Asked::first(&mut sides, what, *path).await?);
    }
    // Not at once: what keeps a machine busy does so for some time.
    for _ in 1..ROUNDS {
        for asked in asked.iter_mut().filter(|asked| asked.share() > 1.0) {
            asked.again(&mut sides).await?;
        }
    }
    let growths = asked.iter().map(|asked| (asked.growth(), asked.what));
    let growths = growth_figure(growths.collect());
    for asked in &asked {
        figures.extend(asked.figures(&sides));
    }
    figures.extend(growths);
    for side in &mut sides {
        figures.push(side.memory_figure()?);
    }
    for mut side in sides {
        if only.is_empty() {
            figures.extend(
                heard::measure(&side.server, &mut side.http, &side.lab, &side.world).await?,
            );
        }
        side.stop().await?;
    }
    Ok(figures)
}

/// A question, and how long it took with either side.
struct Asked {
    what: &'static str,
    path: AskedPath,
    random: [fastrand::Rng; 2],
    limits: [f64; 2],
    rounds: Rounds<[Times; 2]>,
}

impl Asked {
    async fn first(
        sides: &mut [Side; 2],
        what: &'static str,
        path: AskedPath,
    ) -> Result<Self, Error> {
        let mut random = [fastrand::Rng::with_seed(12), fastrand::Rng::with_seed(12)];
        let round = in_turn(sides, path, &mut random).await?;
        Ok(Self {
            what,
            path,
            random,
            limits: sides.each_ref().map(|side| side.limit),
            rounds: Rounds::of(round),
        })
    }

    async fn again(&mut self, sides: &mut [Side; 2]) -> Result<(), Error> {
        let next = in_turn(sides, self.path, &mut self.random).await?;
        let limits = self.limits;
        self.rounds.add(next, |round| share(round, limits));
        Ok(())
    }

    fn share(&self) -> f64 {
        share(&self.rounds.round, self.limits)
    }

    fn growth(&self) -> f64 {
        let [few, many] = self.rounds.round.each_ref().map(Times::median);
        ratio(many, few)
    }

    fn figures(&self, sides: &[Side; 2]) -> [Figure; 2] {
        let [few, many] = sides.each_ref().map(|side| side.name.as_str());
        let [of_few, of_many] = &self.rounds.round;
        let [limit_of_few, limit_of_many] = self.limits;
        let others = self.rounds.others();
        let figure = |name, times: &Times, limit, note: &str| {
            let median = millis(times.median());
            let what = self.what;
            Figure::time(format!("{what}, {name}, p99"), times.percentile(99))
                .at_most(limit)
                .note(format!("median {median:.3} ms{note}{others}"))
        };
        let growth = format!(" = {:.2} x", self.growth());
        [
            figure(few, of_few, limit_of_few, ""),
            figure(many, of_many, limit_of_many, &growth),
        ]
    }
}

/// How much of its limit that side needed that is nearer to it.
fn share(round: &[Times; 2], limits: [f64; 2]) -> f64 {
    let shares = round.iter().zip(limits);
    shares.fold(0.0, |most, (times, limit)| times.share_of(limit).max(most))
}

/// By how many times the medians grow.
fn growth_figure(mut growths: Vec<(f64, &str)>) -> Option<Figure> {
    growths.sort_by(|one, other| other.0.total_cmp(&one.0));
    let (worst, _) = *growths.first()?;
    let (middle, _) = *growths.get(growths.len() / 2)?;
    let above = growths.iter().filter(|(growth, _)| *growth > GROWTH);
    let above: Vec<String> = above
        .map(|(growth, what)| format!("{what} {growth:.1}"))
        .collect();
    let note = format!(
        "half of {} at most {middle:.2} x; above {GROWTH} x: {}",
        growths.len(),
        above.join(", ")
    );
    let figure = Figure::number("growth of the medians, worst", worst, "x");
    Some(figure.at_most(GROWTH).note(note))
}

/// Asks both in turn, each with values of its own.
async fn in_turn(
    sides: &mut [Side; 2],
    path: AskedPath,
    random: &mut [fastrand::Rng; 2],
) -> Result<[Times; 2], Error> {
    let mut times: [Vec<Duration>; 2] = [Vec::with_capacity(RUNS), Vec::with_capacity(RUNS)];
    for run in 0..RUNS + WARM {
        for ((side, random), times) in sides.iter_mut().zip(&mut *random).zip(&mut times) {
            let path = format!("/api/v1/{}", path(&side.world, random));
            let began = Instant::now();
            side.http.get(&path).await?;
            if run >= WARM {
                times.push(began.elapsed());
            }
        }
    }
    Ok(times.map(Times::new))
}

/// A server over a copy of a made history.
struct Side {
    /// "1 M".
    name: String,
    world: World,
    /// At p99, in ms.
    limit: f64,
    lab: Lab,
    server: Server,
    http: Http,
}

impl Side {
    async fn start(binary: &Path, events: u64) -> Result<Self, Error> {
        let database: PathBuf = file_of(events).await?;
        let lab = Lab::start(LabConfig {
            lines_per_second: 0.0,
            enforcement: Enforcement::None,
            jails: JailSet::Names(Vec::new()),
            ..LabConfig::new()?
        })
        .await?;
        let data = tempfile::tempdir_in(database.parent().unwrap_or(Path::new(".")))?;
        let copy = data.path().join("bangui.sqlite3");
        fs::copy(&database, &copy)?;
        // What is still on its way to the disk would be written while the first questions are measured.
        fs::File::open(copy)?.sync_all()?;
        let server = Server::start_in(binary, &lab, data).await?;
        let mut http = server.sign_in().await?;
        keep_all(&mut http).await?;
        Ok(Self {
            name: format!("{} M", units(events) / 1e6),
            world: World::new(events),
            limit: limit_of(events),
            lab,
            server,
            http,
        })
    }

    fn start_figure(&self) -> Figure {
        let what = format!("process start to the first 200, {}", self.name);
        Figure::time(what, self.server.start).at_most(START)
    }

    fn memory_figure(&self) -> Result<Figure, Error> {
        let what = format!("resident memory of the server, {}", self.name);
        Ok(Figure::number(what, self.server.resident_mb()?, "MB").at_most(MEMORY))
    }

    async fn stop(self) -> Result<(), Error> {
        drop(self.http);
        self.server.stop().await?;
        self.lab.stop().await;
        Ok(())
    }
}

/// The made events are older than what is kept by default; none shall go while they are asked for.
async fn keep_all(http: &mut Http) -> Result<(), Error> {
    let settings = serde_json::json!({
        "timeZone": "Asia/Kolkata", "sessionIdleSeconds": 3600, "sessionAbsoluteSeconds": 86_400, "socket": null, "retentionDays": 3650,
    });
    let answer = http
        .send("PUT", "/api/v1/settings", &settings.to_string())
        .await?;
    http::expect(&answer, 200, "settings")
}
