//! The same questions over HTTP on loopback: what a page waits for, but for the network.
use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

use lab::{Enforcement, JailSet, Lab, LabConfig};

use super::{
    MEMORY, heard,
    make::{World, skewed},
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
type AskedPath = fn(&World, &mut fastrand::Rng) -> String;

const QUESTIONS: &[(&str, AskedPath)] = &[
    ("list: newest", |_, _| "history?limit=100".to_owned()),
    ("list: 24 h", |w, r| {
        format!("history?limit=100&{}", range(w, r, 1))
    }),
    ("list: jail", |w, r| {
        format!("history?limit=100&jail={}", jail(w, r))
    }),
    ("list: country", |w, r| {
        format!("history?limit=100&country={}", country(w, r))
    }),
    ("list: network (ASN)", |w, r| {
        format!("history?limit=100&asn={}", asn(w, r))
    }),
    ("list: jail and country", |w, r| {
        format!(
            "history?limit=100&jail={}&country={}",
            jail(w, r),
            country(w, r)
        )
    }),
    ("list: country and kind", |w, r| {
        format!("history?limit=100&event=ban&country={}", country(w, r))
    }),
    ("list: origin", |_, _| {
        "history?limit=100&origin=manual".to_owned()
    }),
    ("list: address", |w, r| {
        format!("history?limit=100&address={}", w.some_address(r))
    }),
    ("list: /24", |w, r| {
        format!("history?limit=100&address={}/24", octets(w, r, 3))
    }),
    ("series: 24 h", |w, r| {
        format!("stats/bans?{}", range(w, r, 1))
    }),
    ("series: 30 days", |w, r| {
        format!("stats/bans?{}", range(w, r, 30))
    }),
    ("series: 365 days", |w, r| {
        format!("stats/bans?{}", range(w, r, 365))
    }),
    ("series: 365 days, jail and country", |w, r| {
        format!(
            "stats/bans?{}&jail={}&country={}",
            range(w, r, 365),
            jail(w, r),
            country(w, r)
        )
    }),
    ("heat map: 30 days", |w, r| {
        format!("stats/heat?{}", range(w, r, 30))
    }),
    ("heat map: 365 days", |w, r| {
        format!("stats/heat?{}", range(w, r, 365))
    }),
    ("map: 30 days", |w, r| {
        format!("stats/top?by=country&limit=300&{}", range(w, r, 30))
    }),
    ("map: 365 days", |w, r| {
        format!("stats/top?by=country&limit=300&{}", range(w, r, 365))
    }),
    ("top jails: 30 days", |w, r| {
        format!("stats/top?by=jail&limit=10&{}", range(w, r, 30))
    }),
    ("top networks: 30 days", |w, r| {
        format!("stats/top?by=network&limit=10&{}", range(w, r, 30))
    }),
    ("top subjects: 24 h", |w, r| {
        format!("stats/top?by=subject&limit=10&{}", range(w, r, 1))
    }),
    ("top subjects: 30 days", |w, r| {
        format!("stats/top?by=subject&limit=10&{}", range(w, r, 30))
    }),
    ("failing: 1 h", |_, _| "stats/failing?limit=50".to_owned()),
    ("address: page", |w, r| {
        format!("addresses/{}", w.some_address(r))
    }),
    ("event with lines", |w, r| {
        format!("history/{}", 1 + r.u64(0..w.events))
    }),
    ("size", |_, _| "history/size".to_owned()),
];

/// Asks a server over a copy of the database.
pub(crate) async fn measure(
    binary: &Path,
    database: &Path,
    world: &World,
    limit: f64,
) -> Result<Vec<Figure>, Error> {
    let lab = Lab::start(LabConfig {
        lines_per_second: 0.0,
        enforcement: Enforcement::None,
        jails: JailSet::Names(Vec::new()),
        ..LabConfig::new()?
    })
    .await?;
    let data = tempfile::tempdir_in(database.parent().unwrap_or(Path::new(".")))?;
    fs::copy(database, data.path().join("bangui.sqlite3"))?;
    let server = Server::start_in(binary, &lab, data).await?;
    let mut figures =
        vec![Figure::time("http: process start to the first 200", server.start).at_most(START)];
    let mut http = server.sign_in().await?;
    keep_all(&mut http).await?;
    for (what, path) in QUESTIONS {
        let mut random = fastrand::Rng::with_seed(12);
        let Rounds { times, others, .. } = quietest(limit, async || {
            Ok((times(&mut http, world, *path, &mut random).await?, ()))
        })
        .await?;
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
    figures.extend(heard::measure(&server, &mut http, &lab, world).await?);
    drop(http);
    server.stop().await?;
    lab.stop().await;
    Ok(figures)
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

fn range(_: &World, random: &mut fastrand::Rng, days: i64) -> String {
    const HOUR: i64 = 3_600_000;
    let until = World::end() - random.i64(0..6 * HOUR);
    let text = |at| domain::Timestamp::from_millis(at).to_string();
    format!(
        "from={}&until={}",
        text(until - days * 24 * HOUR),
        text(until)
    )
}

fn jail<'a>(world: &'a World, random: &mut fastrand::Rng) -> &'a domain::JailName {
    &world.jails[random.usize(0..world.jails.len())]
}

fn country(world: &World, random: &mut fastrand::Rng) -> domain::CountryCode {
    world.countries[skewed(random, world.countries.len())]
}

fn asn(world: &World, random: &mut fastrand::Rng) -> u32 {
    world.networks[skewed(random, world.networks.len())].asn.0
}

/// The first octets of an IPv4 address, the rest zero.
fn octets(world: &World, random: &mut fastrand::Rng, count: usize) -> String {
    loop {
        if let std::net::IpAddr::V4(address) = world.some_address(random) {
            let mut octets = address.octets();
            octets[count..].fill(0);
            return std::net::Ipv4Addr::from(octets).to_string();
        }
    }
}
