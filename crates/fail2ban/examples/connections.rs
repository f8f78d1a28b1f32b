//! What a connection for each command costs against one that is kept open.
//!
//! `cargo run --release -p fail2ban --example connections -- SOCKET [ROUNDS]` measures a running daemon; the
//! figures and the decision that they led to are in the crate's README.

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::{Duration, Instant};

use fail2ban::protocol::{Limits, ReplyScanner, TERMINATOR, Value, decode, encode};
use fail2ban::{Client, ClientConfig};

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
    let mut out = std::io::stdout().lock();
    let version = client.version().await?;
    writeln!(
        out,
        "fail2ban {version}, {} jails, {bans} bans, {rounds} rounds, median (99th of 100)",
        jails.len()
    )?;

    let ping: Vec<Value> = vec!["ping".into()];
    let mut kept = Blocking::open(Path::new(&socket))?;
    let times = measure(rounds, || kept.ask(&ping))?;
    writeln!(
        out,
        "ping, one blocking connection kept open:     {}",
        show(times)
    )?;
    let times = measure(rounds, || Blocking::open(Path::new(&socket))?.ask(&ping))?;
    writeln!(
        out,
        "ping, a blocking connection for each:        {}",
        show(times)
    )?;
    let mut times = Vec::new();
    for _ in 0..rounds {
        let start = Instant::now();
        client.ping().await?;
        times.push(start.elapsed());
    }
    writeln!(
        out,
        "ping, this crate's client:                   {}",
        show(times)
    )?;

    let statuses: Vec<Vec<Value>> = jails
        .iter()
        .map(|jail| vec!["status".into(), jail.as_str().into(), "short".into()])
        .collect();
    let rounds = rounds / 10 + 1;
    let times = measure(rounds, || {
        statuses.iter().try_for_each(|status| kept.ask(status))
    })?;
    writeln!(
        out,
        "all counters, one after the other, kept:     {}",
        show(times)
    )?;
    let times = measure(rounds, || {
        statuses
            .iter()
            .try_for_each(|status| Blocking::open(Path::new(&socket))?.ask(status))
    })?;
    writeln!(
        out,
        "all counters, a blocking connection each:    {}",
        show(times)
    )?;
    let mut times = Vec::new();
    for _ in 0..rounds {
        let start = Instant::now();
        client.counters().await?;
        times.push(start.elapsed());
    }
    writeln!(
        out,
        "all counters, this crate's client:           {}",
        show(times)
    )?;
    Ok(())
}

fn measure(
    rounds: usize,
    mut work: impl FnMut() -> Result<(), Failure>,
) -> Result<Vec<Duration>, Failure> {
    let mut times = Vec::with_capacity(rounds);
    for _ in 0..rounds {
        let start = Instant::now();
        work()?;
        times.push(start.elapsed());
    }
    Ok(times)
}

fn show(mut times: Vec<Duration>) -> String {
    times.sort_unstable();
    let at = |part: usize| {
        times
            .get(times.len() * part / 100)
            .copied()
            .unwrap_or_default()
    };
    format!("{:>9.1?} ({:.1?})", at(50), at(99))
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
