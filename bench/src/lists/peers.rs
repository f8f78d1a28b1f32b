//! What else loads networks into the packet filter. It gets them merged and in order.
use std::{
    fs::File,
    io::{BufWriter, Write as _},
    process::Stdio,
    time::{Duration, Instant},
};

use ipnet::IpNet;
use tempfile::TempDir;
use tokio::process::Command;

use super::{most_memory, namespace::Namespace};
use crate::Error;

/// How often a peer's memory is looked at. What it has had most of is remembered, but only while it runs.
const LOOK: Duration = Duration::from_millis(20);

/// What a peer needed.
pub(super) struct Peer {
    pub(super) took: Duration,
    /// In MB.
    pub(super) memory: f64,
}

/// `nft -f` of one interval set.
pub(super) async fn nft(folder: &TempDir, networks: &[IpNet]) -> Result<Peer, Error> {
    let path = folder.path().join("peer.nft");
    let mut file = BufWriter::new(File::create(&path)?);
    writeln!(
        file,
        "table inet measured {{\nset blocked {{\ntype ipv4_addr\nflags interval\nelements = {{"
    )?;
    for network in networks {
        writeln!(file, "{network},")?;
    }
    writeln!(file, "}}\n}}\n}}")?;
    file.flush()?;
    let namespace = Namespace::make().await?;
    let mut command = namespace.command("nft");
    command.arg("-f").arg(path).stdin(Stdio::null());
    run(command).await
}

/// `ipset restore` of one set of networks.
pub(super) async fn ipset(folder: &TempDir, networks: &[IpNet]) -> Result<Peer, Error> {
    let path = folder.path().join("peer.ipset");
    let mut file = BufWriter::new(File::create(&path)?);
    writeln!(file, "create measured hash:net maxelem {}", networks.len())?;
    for network in networks {
        writeln!(file, "add measured {network}")?;
    }
    file.flush()?;
    let namespace = Namespace::make().await?;
    let mut command = namespace.command("ipset");
    command.arg("restore").stdin(File::open(path)?);
    run(command).await
}

/// Runs one to its end.
async fn run(mut command: Command) -> Result<Peer, Error> {
    let began = Instant::now();
    let mut child = command.spawn()?;
    let process = child.id().unwrap_or_default().to_string();
    let mut memory = 0.0;
    let status = loop {
        match tokio::time::timeout(LOOK, child.wait()).await {
            Ok(status) => break status?,
            // One that has just ended has no memory.
            Err(_) => memory = most_memory(&process).unwrap_or(memory),
        }
    };
    let took = began.elapsed();
    if !status.success() {
        return Err(Error::Program(format!("a peer ended with {status}")));
    }
    Ok(Peer { took, memory })
}
