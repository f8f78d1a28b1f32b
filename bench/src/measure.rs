//! What is measured.
use std::{
    net::{IpAddr, Ipv4Addr},
    path::Path,
    time::{Duration, Instant},
};

use fail2ban::{Client, ClientConfig};
use ipnet::IpNet;
use lab::{Enforcement, ExtraJail, JailSet, Lab, LabConfig};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::UnixStream,
};

use crate::{
    Error, config,
    figures::{Figure, Times, millis, quietest, ratio},
    http::Http,
    server::Server,
};

const JAILS: usize = 20;
const OVERVIEW_BANS: u32 = 5_000;
const MANY_BANS: u32 = 100_000;
/// For a question with many bans, in ms at p99.
const MANY_LIMIT: f64 = 10.0;
/// Runs of what takes microseconds to milliseconds.
const RUNS: usize = 300;
/// Runs of twenty processes.
const PROCESS_RUNS: usize = 3;
/// Addresses in one order to the daemon: with no action it takes 0.1 ms each.
const FILL_CHUNK: usize = 1_000;
const TERMINATOR: &[u8] = b"<F2B_END_COMMAND>";

/// Measures everything, over one lab.
pub(crate) async fn all(binary: &Path) -> Result<Vec<Figure>, Error> {
    let lab = Lab::start(LabConfig {
        lines_per_second: 0.0,
        enforcement: Enforcement::None,
        jails: JailSet::Names(Vec::new()),
        extra_jails: (0..JAILS)
            .map(|n| ExtraJail::new(format!("jail-{n:02}")))
            .collect(),
        bantime_seconds: 86_400,
        ..LabConfig::new()?
    })
    .await?;
    let daemon = Client::new(ClientConfig {
        socket: lab.socket().to_path_buf(),
        ..ClientConfig::default()
    });
    fill(&daemon, 0..OVERVIEW_BANS, JAILS).await?;
    let server = Server::start(binary, &lab).await?;
    let mut http = server.sign_in().await?;
    let mut figures =
        vec![Figure::time("process start to the first 200", server.start).at_most(150.0)];
    settle(&mut http, u64::from(OVERVIEW_BANS)).await?;
    figures.extend(overview(&lab, &daemon, &mut http).await?);
    figures.push(
        Figure::number(
            "resident memory, idle, 5,000 bans",
            server.resident_mb()?,
            "MB",
        )
        .at_most(40.0),
    );
    fill(&daemon, OVERVIEW_BANS..OVERVIEW_BANS + MANY_BANS, 1).await?;
    settle(&mut http, u64::from(OVERVIEW_BANS + MANY_BANS)).await?;
    figures.extend(many_bans(&mut http).await?);
    figures.push(Figure::number(
        "resident memory with 105,000 bans",
        server.resident_mb()?,
        "MB",
    ));
    figures.extend(config::measure(&lab.installation().config)?);
    drop(http);
    server.stop().await?;
    lab.stop().await;
    Ok(figures)
}

/// Bans made-up addresses, spread over the first `jails` jails.
async fn fill(daemon: &Client, numbers: std::ops::Range<u32>, jails: usize) -> Result<(), Error> {
    let base = u32::from(Ipv4Addr::new(11, 0, 0, 1));
    let addresses: Vec<IpNet> = numbers
        .map(|n| IpNet::from(IpAddr::from(Ipv4Addr::from(base + n))))
        .collect();
    let share = addresses.len().div_ceil(jails);
    for (jail, part) in addresses.chunks(share).enumerate() {
        for chunk in part.chunks(FILL_CHUNK) {
            daemon.ban(&format!("jail-{jail:02}"), chunk).await?;
        }
    }
    Ok(())
}

/// Waits until the server's snapshot has all bans.
async fn settle(http: &mut Http, bans: u64) -> Result<(), Error> {
    const LIMIT: Duration = Duration::from_mins(2);
    let end = Instant::now() + LIMIT;
    while Instant::now() < end {
        let page: serde_json::Value =
            serde_json::from_slice(&http.get("/api/v1/bans?limit=1").await?)?;
        if page.get("total").and_then(serde_json::Value::as_u64) == Some(bans) {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    Err(Error::Server(format!("its snapshot never had {bans} bans")))
}

/// The first view: the host's status and all jails with their counters.
async fn overview(lab: &Lab, daemon: &Client, http: &mut Http) -> Result<Vec<Figure>, Error> {
    let ours = times(RUNS, async || {
        http.get("/api/v1/hosts/local/status").await?;
        http.get("/api/v1/hosts/local/jails").await?;
        Ok(())
    })
    .await?;
    let processes = times(PROCESS_RUNS, async || {
        lab.client_output(&["status"]).await?;
        for jail in 0..JAILS {
            lab.client_output(&["status", &format!("jail-{jail:02}")])
                .await?;
        }
        Ok(())
    })
    .await?;
    let mut raw = Raw::connect(lab).await?;
    let round_trip = times(RUNS, async || raw.ask(&[&["status"]]).await).await?;

    let jails: Vec<String> = (0..JAILS).map(|n| format!("jail-{n:02}")).collect();
    let mut questions: Vec<Vec<&str>> = vec![vec!["status"]];
    questions.extend(jails.iter().map(|jail| vec!["status", jail, "short"]));
    let questions: Vec<&[&str]> = questions.iter().map(Vec::as_slice).collect();
    let raw_poll = times(RUNS, async || raw.ask(&questions).await).await?;
    let poll = times(RUNS, async || {
        daemon.counters().await?;
        Ok(())
    })
    .await?;
    Ok(vec![
        Figure::time("overview data (status + jails), median", ours.median())
            .at_most(1.0)
            .note(format!(
                "p99 {:.3} ms; 1/{:.0} of fail2ban-client's {:.0} ms; {:.2} of a raw round trip's {:.3} ms",
                millis(ours.percentile(99)),
                ratio(processes.median(), ours.median()),
                millis(processes.median()),
                ratio(ours.median(), round_trip.median()),
                millis(round_trip.median()),
            )),
        Figure::time("poll: counters of 20 jails, median", poll.median()),
        Figure::number(
            "poll against the same bytes on the raw socket",
            ratio(poll.median(), raw_poll.median()),
            "x",
        )
        .at_most(2.0)
        .note(format!("raw {:.3} ms", millis(raw_poll.median()))),
    ])
}

/// 100,000 bans in one jail, as the page asks for them.
async fn many_bans(http: &mut Http) -> Result<Vec<Figure>, Error> {
    let questions = [
        ("first page of 500", "/api/v1/bans?jail=jail-00&limit=500"),
        (
            "search for a part of an address",
            "/api/v1/bans?search=11.0.77&limit=500",
        ),
        (
            "search for a network",
            "/api/v1/bans?search=11.0.64.0%2F20&limit=500",
        ),
        (
            "first page by address",
            "/api/v1/bans?sort=subject&order=asc&limit=500",
        ),
        (
            "search that finds nothing",
            "/api/v1/bans?search=zzz&limit=500",
        ),
    ];
    let mut figures = Vec::new();
    for (what, path) in questions {
        let (times, others) = quietest(
            |times: &Times| times.share_of(MANY_LIMIT),
            async || times(RUNS, async || http.get(path).await.map(drop)).await,
        )
        .await?;
        figures.push(
            Figure::time(format!("105,000 bans: {what}, p99"), times.percentile(99))
                .at_most(MANY_LIMIT)
                .note(format!("median {:.3} ms{others}", millis(times.median()))),
        );
    }
    Ok(figures)
}

/// Runs something once unmeasured, then `runs` times.
async fn times(
    runs: usize,
    mut run: impl AsyncFnMut() -> Result<(), Error>,
) -> Result<Times, Error> {
    run().await?;
    let mut times = Vec::with_capacity(runs);
    for _ in 0..runs {
        let began = Instant::now();
        run().await?;
        times.push(began.elapsed());
    }
    Ok(Times::new(times))
}

/// The daemon's socket with nothing in between: requests as prepared bytes, replies read to their end and not decoded.
struct Raw {
    stream: UnixStream,
}

impl Raw {
    async fn connect(lab: &Lab) -> Result<Self, Error> {
        Ok(Self {
            stream: UnixStream::connect(lab.socket()).await?,
        })
    }

    /// Asks questions one after another.
    async fn ask(&mut self, questions: &[&[&str]]) -> Result<(), Error> {
        let mut reply = Vec::with_capacity(4096);
        for words in questions {
            self.stream.write_all(&request(words)).await?;
            reply.clear();
            while !reply.ends_with(TERMINATOR) {
                if self.stream.read_buf(&mut reply).await? == 0 {
                    return Err(Error::Server("the daemon closed the connection".to_owned()));
                }
            }
        }
        Ok(())
    }
}

/// A list of texts as pickle protocol 2.
fn request(words: &[&str]) -> Vec<u8> {
    let mut bytes = vec![0x80, 2, b']', b'('];
    for word in words {
        let length = u32::try_from(word.len()).unwrap_or(u32::MAX);
        bytes.push(b'X');
        bytes.extend(length.to_le_bytes());
        bytes.extend(word.as_bytes());
    }
    bytes.extend(b"e.");
    bytes.extend(TERMINATOR);
    bytes
}
