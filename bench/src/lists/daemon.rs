//! What the daemon feels: while a list goes into the kernel beside it, and while it is made to ban one.
use std::{
    future::Future,
    path::Path,
    pin::pin,
    sync::Arc,
    time::{Duration, Instant},
};

use fail2ban::{Client, ClientConfig};
use firewall::Place;
use ipnet::IpNet;
use lab::{Enforcement, Lab, LabConfig};
use tempfile::TempDir;

use super::{LARGEST, List, beside, jail, made, read, table};
use crate::{
    Error,
    figures::{Figure, Times, quietest, ratio},
};

const JAIL: &str = "sshd";
/// Addresses that fail2ban bans for each figure.
const BANS: u32 = 200;
/// How many it is told at once, to see what that costs whoever asks it meanwhile.
const CHUNKS: [usize; 3] = [20, 5, 1];
/// Between two chunks, as of a list whose target is a jail.
const PAUSE: Duration = Duration::from_millis(100);
/// Between two questions, so that asking is no load by itself.
const BETWEEN: Duration = Duration::from_millis(5);
/// Questions with nothing else going on.
const IDLE: u32 = 400;
/// How often the time at rest a question may take beside a load.
const UNCHANGED: f64 = 1.5;
/// Of a question while the daemon bans, in ms.
pub(super) const BANNING_LIMIT: f64 = 300.0;

/// Measures in a lab whose bans are in a namespace.
pub(super) async fn measure(binary: &Path, folder: &TempDir) -> Result<Vec<Figure>, Error> {
    let lab = Lab::start(LabConfig {
        lines_per_second: 0.0,
        enforcement: Enforcement::Namespace,
        bantime_seconds: 86_400,
        ..LabConfig::new()?
    })
    .await?;
    let client = Client::new(ClientConfig {
        socket: lab.socket().to_path_buf(),
        ..ClientConfig::default()
    });
    let mut figures = loading(&lab, &client, folder).await?;
    let mut used = 0;
    for chunk in CHUNKS {
        let addresses: Vec<_> = made::addresses(used, BANS).collect();
        figures.extend(banning(&client, &addresses, chunk).await?);
        used += BANS;
    }
    figures.extend(jail::import(binary, &lab, &client, used).await?);
    client.close().await;
    lab.stop().await;
    Ok(figures)
}

/// How long the daemon takes to answer while a list is loaded into the namespace in which it bans.
async fn loading(lab: &Lab, client: &Client, folder: &TempDir) -> Result<Vec<Figure>, Error> {
    let place = lab
        .namespace()
        .map(Place::namespace)
        .ok_or_else(|| Error::Program("the lab has no namespace: run this as root".to_owned()))?;
    let list = List::write(folder, LARGEST)?;
    let content = read(&list).await?;
    let table = table(place).await?;
    // The first questions find the daemon just started.
    asked(client, tokio::time::sleep(BETWEEN * IDLE)).await?;
    let slower =
        |(idle, during): &(Times, Times)| ratio(during.percentile(95), idle.percentile(95));
    let ((idle, during), _) = quietest(
        |round| slower(round) / UNCHANGED,
        async || {
            let idle = asked(client, tokio::time::sleep(BETWEEN * IDLE)).await?.0;
            let (during, loaded) = asked(client, table.load(Arc::clone(&content))).await?;
            let changed = loaded?.changed;
            table.remove().await?;
            if !changed {
                return Err(Error::Program("a load changed nothing".to_owned()));
            }
            Ok((idle, during))
        },
    )
    .await?;
    let times_slower = ratio(during.percentile(95), idle.percentile(95));
    Ok(vec![
        Figure::time("ping of the daemon, p95", idle.percentile(95)),
        Figure::number(
            format!("… while {LARGEST} are loaded, against that"),
            times_slower,
            "x",
        )
        .at_most(UNCHANGED)
        .note(beside("p95", during.percentile(95))),
    ])
}

/// fail2ban's own way: it bans them, one after another.
async fn banning(client: &Client, addresses: &[IpNet], chunk: usize) -> Result<Vec<Figure>, Error> {
    let ban = async {
        let began = Instant::now();
        for part in addresses.chunks(chunk) {
            client.ban(JAIL, part).await?;
            tokio::time::sleep(PAUSE).await;
        }
        Ok::<_, Error>(began.elapsed())
    };
    let (during, took) = asked(client, ban).await?;
    let thousand = took?.as_secs_f64() * 1_000.0 / f64::from(BANS);
    let name = format!("fail2ban's own way, {chunk} at once: 1,000 addresses");
    Ok(vec![
        Figure::number(name, thousand, "s")
            .note(format!("extrapolated from {BANS}, pauses of {PAUSE:?}")),
        Figure::time("… ping meanwhile, p95", during.percentile(95))
            .note(beside("slowest", during.percentile(100))),
    ])
}

/// Asks the daemon again and again until something else is done, and gives what that came to.
///
/// While one question waits, others would have been asked that wait as well, each somewhat shorter: they are counted too, else a daemon that answers nobody
/// for a second would have kept a single one waiting.
pub(super) async fn asked<T>(
    client: &Client,
    other: impl Future<Output = T>,
) -> Result<(Times, T), Error> {
    let mut other = pin!(other);
    let mut times = Vec::new();
    loop {
        let question = async {
            let began = Instant::now();
            client.ping().await?;
            let took = began.elapsed();
            tokio::time::sleep(BETWEEN).await;
            Ok::<_, Error>(took)
        };
        tokio::select! {
            done = &mut other => return Ok((Times::new(times), done)),
            took = question => {
                let took = took?;
                let waits = std::iter::successors(Some(took), |wait| wait.checked_sub(BETWEEN));
                times.extend(waits.take_while(|wait| *wait == took || *wait > BETWEEN));
            }
        }
    }
}
