//! Blocklists: from the text of one to the packet filter, beside what else loads networks into it, and what the daemon feels of that.
mod daemon;
mod jail;
mod made;
mod namespace;
mod peers;

use std::{
    fs::{self, File},
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use blocklists::{Guard, Limits, parse};
use firewall::{Backend, Content, Place, Table};
use tempfile::TempDir;
use tokio::task::spawn_blocking;

use crate::{
    Error,
    figures::{Figure, millis, quietest, ratio},
};
use made::List;
use namespace::Namespace;

/// Networks of a list, and the time in ms from its text to the kernel.
const SIZES: [(usize, f64); 2] = [(100_000, 1_000.0), (1_000_000, 6_000.0)];
/// The most memory that this takes ever, in MB.
const MEMORY_LIMIT: f64 = 200.0;
/// The size of the load during which the daemon is asked.
const LARGEST: usize = 1_000_000;
const TABLE: &str = "measured";

/// Measures all of it. Needs to be root, as namespaces are made.
pub(crate) async fn all(binary: &Path) -> Result<Vec<Figure>, Error> {
    let folder = tempfile::tempdir()?;
    let mut figures = Vec::new();
    for (count, limit) in SIZES {
        figures.extend(size(&folder, count, limit).await?);
    }
    figures.extend(daemon::measure(binary, &folder).await?);
    Ok(figures)
}

/// What one way from the text of a list to the kernel took.
struct Way {
    read: Duration,
    load: Duration,
    /// Loading the same once more.
    again: Duration,
    memory: f64,
    content: Arc<Content>,
}

/// A list of a size, by BanGUI and by its peers.
async fn size(folder: &TempDir, count: usize, limit: f64) -> Result<Vec<Figure>, Error> {
    let list = List::write(folder, count)?;
    let share = |way: &Way| millis(way.read + way.load) / limit;
    let (way, others) = quietest(share, async || way(&list).await).await?;
    let total = way.read + way.load;
    let nft = peers::nft(folder, &way.content.blocked).await?;
    let ipset = peers::ipset(folder, &way.content.blocked).await?;
    let name = |what| format!("{count} prefixes: {what}");
    let beside = format!(
        "1/{:.1} of nft -f, 1/{:.1} of ipset restore{others}",
        ratio(nft.took, total),
        ratio(ipset.took, total),
    );
    Ok(vec![
        Figure::time(name("read and merged"), way.read)
            .note(format!("{} are left", way.content.blocked.len())),
        Figure::time(name("loaded into BanGUI's own table"), way.load),
        Figure::time(name("read, merged and loaded"), total)
            .at_most(limit)
            .note(beside),
        Figure::time(name("loaded once more, unchanged"), way.again),
        Figure::number(name("most memory ever"), way.memory, "MB").at_most(MEMORY_LIMIT),
        Figure::time(name("nft -f of one interval set"), nft.took)
            .note(format!("{:.0} MB", nft.memory)),
        Figure::time(name("ipset restore"), ipset.took).note(format!("{:.0} MB", ipset.memory)),
    ])
}

/// Goes it once, in a namespace that is new.
async fn way(list: &List) -> Result<Way, Error> {
    let namespace = Namespace::make().await?;
    let table = table(namespace.place()).await?;
    forget_memory()?;
    let began = Instant::now();
    let content = read(list).await?;
    let read = began.elapsed();
    let loaded = table.load(Arc::clone(&content)).await?;
    let memory = most_memory("self")?;
    let again = table.load(Arc::clone(&content)).await?;
    if !loaded.changed || again.changed {
        return Err(Error::Program(
            "a load changed nothing, or an unchanged one something".to_owned(),
        ));
    }
    let (load, again) = (loaded.took, again.took);
    Ok(Way {
        read,
        load,
        again,
        memory,
        content,
    })
}

/// A table there, of which nothing is made yet.
async fn table(place: Place) -> Result<Table, Error> {
    let name = TABLE
        .parse()
        .map_err(|error| Error::Program(format!("{TABLE}: {error}")))?;
    Ok(Table::with(place, name, Backend::Nftables).await?)
}

/// Reads a list as an import does, and merges what may be blocked of it.
async fn read(list: &List) -> Result<Arc<Content>, Error> {
    let path = list.path.clone();
    let read = move || -> Result<_, Error> {
        let list = parse(File::open(path)?, Limits::default())?;
        let own = ["203.0.113.1/32".parse().ok()].into_iter().flatten();
        Ok(Arc::new(Content {
            blocked: Guard::new(own).apply(list.networks).networks,
            ..Content::default()
        }))
    };
    spawn_blocking(read)
        .await
        .map_err(|error| Error::Program(error.to_string()))?
}

/// Lets the kernel count the most memory of this process anew.
fn forget_memory() -> Result<(), Error> {
    Ok(fs::write("/proc/self/clear_refs", "5")?)
}

/// The most memory that a process had ever resident, in MB.
fn most_memory(process: &str) -> Result<f64, Error> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let kilobytes = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:")?.split_whitespace().next())
        .and_then(|number| number.parse::<f64>().ok());
    kilobytes
        .map(|number| number * 1024.0 / 1e6)
        .ok_or_else(|| Error::Program("the kernel does not tell the memory".to_owned()))
}

/// How one time stands to another, in words.
fn beside(what: &str, time: Duration) -> String {
    format!("{what} {:.3} ms", millis(time))
}
