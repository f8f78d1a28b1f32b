//! The same questions over HTTP on loopback: what a page waits for, but for the network.
use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

use lab::{Enforcement, JailSet, Lab, LabConfig};

use super::{
    MEMORY, heard,
    make::World,
    paths::{AskedPath, QUESTIONS},
    timed::Medians,
};
use crate::{
    Error,
    figures::{Figure, Rounds, Times, millis, quietest},
    http::{self, Http},
    server::Server,
};

const RUNS: usize = 200;
/// From before the process was made to the first 200, in ms.
const START: f64 = 200.0;
/// Before the names of these questions.
pub(super) const PART: &str = "http";

/// Asks a server over a copy of the database what has `only` in its name.
pub(crate) async fn measure(
    binary: &Path,
    database: &Path,
    world: &World,
    (limit, only): (f64, &str),
) -> Result<(Vec<Figure>, Medians), Error> {
    let lab = Lab::start(LabConfig {
        lines_per_second: 0.0,
        enforcement: Enforcement::None,
        jails: JailSet::Names(Vec::new()),
        ..LabConfig::new()?
    })
    .await?;
    let data = tempfile::tempdir_in(database.parent().unwrap_or(Path::new(".")))?;
    let copy = data.path().join("bangui.sqlite3");
    fs::copy(database, &copy)?;
    // What is still on its way to the disk would be written while the first questions are measured.
    fs::File::open(copy)?.sync_all()?;
    let server = Server::start_in(binary, &lab, data).await?;
    let mut figures =
        vec![Figure::time("http: process start to the first 200", server.start).at_most(START)];
    let mut http = server.sign_in().await?;
    keep_all(&mut http).await?;
    let mut medians = Medians::new();
    let asked = |(what, _): &&(&str, AskedPath)| format!("{PART}: {what}").contains(only);
    let questions = QUESTIONS.iter().filter(asked);
    for (what, path) in questions {
        let mut random = fastrand::Rng::with_seed(12);
        let Rounds { times, others, .. } = quietest(limit, async || {
            Ok((times(&mut http, world, *path, &mut random).await?, ()))
        })
        .await?;
        medians.insert((*what).to_owned(), times.median().as_secs_f64());
        figures.push(
            Figure::time(format!("http: {what}, p99"), times.percentile(99))
                .at_most(limit)
                .note(format!("median {:.3} ms{others}", millis(times.median()))),
        );
    }
    figures.push(
        Figure::number(
            "http: resident memory of the server",
            server.resident_mb()?,
            "MB",
        )
        .at_most(MEMORY),
    );
    if PART.contains(only) {
        figures.extend(heard::measure(&server, &mut http, &lab, world).await?);
    }
    drop(http);
    server.stop().await?;
    lab.stop().await;
    Ok((figures, medians))
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

async fn times(
    http: &mut Http,
    world: &World,
    path: AskedPath,
    random: &mut fastrand::Rng,
) -> Result<Times, Error> {
    let mut times: Vec<Duration> = Vec::with_capacity(RUNS);
    for run in 0..RUNS + 10 {
        let path = format!("/api/v1/{}", path(world, random));
        let began = Instant::now();
        http.get(&path).await?;
        if run >= 10 {
            times.push(began.elapsed());
        }
    }
    Ok(Times::new(times))
}
