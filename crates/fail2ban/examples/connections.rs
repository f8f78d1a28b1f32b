//! What a connection for each command costs against one that is kept open.
//!
//! `cargo run --release -p fail2ban --example connections -- SOCKET [ROUNDS]` measures a running daemon; the
//! figures and the decision that they led to are in the crate's README.

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::{Duration, Instant};

use fail2ban::protocol::{Limits, ReplyScanner, TERMINATOR, Value, decode, encode};
use fail2ban::{Client, ClientConfig, ClientError};

type Failure = Box<dyn std::error::Error>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let socket = arguments
        .next()
        .ok_or("usage: connections SOCKET [ROUNDS]")?;
    let rounds: usize = arguments.next().map_or(Ok(2000), |rounds| rounds.parse())?;
    let client = Client::new(ClientConfig::new(&socket));
    let jails = client.jails().await?;
    let bans: u64 = client
        .counters()
        .await?
        .iter()
        .map(|jail| jail.currently_banned)
        .sum();
    let version = client.version().await?;
    say(&format!(
        "fail2ban {version}, {} jails, {bans} bans; median (99th of 100)",
        jails.len()
    ))?;

    let socket = Path::new(&socket);
    let ping = vec![vec!["ping".into()]];
    blocking("ping", socket, &ping, rounds)?;
    let times = measure(rounds, async || client.ping().await).await?;
    say(&format!("ping, this crate's client: {}", show(times)))?;

    let status = |jail: &String| vec!["status".into(), jail.as_str().into(), "short".into()];
    let statuses: Vec<Vec<Value>> = jails.iter().map(status).collect();
    let rounds = rounds / 10 + 1;
    blocking("all counters", socket, &statuses, rounds)?;
    let times = measure(rounds, async || client.counters().await.map(|_| ())).await?;
    say(&format!(
        "all counters, this crate's client: {}",
        show(times)
    ))
}

/// Asks one after the other, over a connection that is kept and over one for each.
fn blocking(
    name: &str,
    socket: &Path,
    commands: &[Vec<Value>],
    rounds: usize,
) -> Result<(), Failure> {
    let mut kept = Blocking::open(socket)?;
    let (mut over_kept, mut over_each) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        let start = Instant::now();
        commands.iter().try_for_each(|command| kept.ask(command))?;
        over_kept.push(start.elapsed());
        let start = Instant::now();
        commands
            .iter()
            .try_for_each(|command| Blocking::open(socket)?.ask(command))?;
        over_each.push(start.elapsed());
    }
    say(&format!(
        "{name}, one blocking connection kept: {}",
        show(over_kept)
    ))?;
    say(&format!(
        "{name}, a blocking connection for each: {}",
        show(over_each)
    ))
}

async fn measure(
    rounds: usize,
    mut work: impl AsyncFnMut() -> Result<(), ClientError>,
) -> Result<Vec<Duration>, Failure> {
    let mut times = Vec::with_capacity(rounds);
    for _ in 0..rounds {
        let start = Instant::now();
        work().await?;
        times.push(start.elapsed());
    }
    Ok(times)
}

fn say(line: &str) -> Result<(), Failure> {
    Ok(writeln!(std::io::stdout(), "{line}")?)
}

fn show(mut times: Vec<Duration>) -> String {
    times.sort_unstable();
    let at = |part: usize| {
        times
            .get(times.len() * part / 100)
            .copied()
            .unwrap_or_default()
    };
    format!("{:.1?} ({:.1?})", at(50), at(99))
}

/// The other way: one connection that its owner keeps.
struct Blocking {
    stream: UnixStream,
    limits: Limits,
}

impl Blocking {
    fn open(path: &Path) -> Result<Self, Failure> {
        Ok(Self {
            stream: UnixStream::connect(path)?,
            limits: Limits::default(),
        })
    }

    fn ask(&mut self, command: &[Value]) -> Result<(), Failure> {
        self.stream.write_all(&encode(command, &self.limits)?)?;
        let mut buffer = Vec::new();
        let mut scanner = ReplyScanner::new(&self.limits);
        let mut chunk = [0; 8192];
        loop {
            let read = self.stream.read(&mut chunk)?;
            buffer.extend_from_slice(chunk.get(..read).unwrap_or_default());
            if let Some(length) = scanner.scan(&buffer)? {
                decode(
                    buffer.get(..length - TERMINATOR.len()).unwrap_or_default(),
                    &self.limits,
                )?;
                return Ok(());
            }
            if read == 0 {
                return Err("the daemon closed the connection".into());
            }
        }
    }
}
