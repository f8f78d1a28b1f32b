//! From where people lately got in to this machine: its record of logins, and what sshd writes into the logs that jails read.
//!
//! It is a warning for whoever is about to ban a network. Nothing is refused for it: who is logged in now is the guard's affair.
mod collected;
mod journal;
mod line_time;
mod logs;
mod sshd;
mod wtmp;

use std::{
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

use domain::{JailSource, RecentLogins};
use ipnet::IpNet;

use self::collected::{Collected, Found};
use crate::{
    core::Core,
    guard::canonical_network,
    health,
    mirror::{off_runtime, on_disk},
};

/// How long the daemon may take to say what its jails read; what it said before is good enough.
const ASK_LIMIT: Duration = Duration::from_secs(2);

/// Where the machine keeps record of who logged in.
#[derive(Debug, Clone)]
pub struct LoginRecords {
    /// All logins, as `wtmp`.
    pub wtmp: PathBuf,
    /// How old what was read may be, here and in logs: people type, and each line of theirs asks.
    pub refresh: Duration,
}

impl Default for LoginRecords {
    fn default() -> Self {
        Self {
            wtmp: "/var/log/wtmp".into(),
            refresh: Duration::from_mins(1),
        }
    }
}

/// What was last read.
#[derive(Default)]
pub(crate) struct RecentLoginsRead(tokio::sync::Mutex<Memory>);

#[derive(Default)]
struct Memory {
    last: Option<(Instant, Arc<Found>)>,
    /// What the jails read, as the daemon last said.
    sources: Sources,
}

/// What jails read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Sources {
    /// Log files, each once, those of jails for SSH first.
    logs: Vec<PathBuf>,
    /// Whether one reads the journal.
    journal: bool,
}

/// From where within each of the networks people lately got in.
pub(crate) async fn within(core: &Core, networks: &[IpNet]) -> Vec<RecentLogins> {
    let found = found(core).await;
    let networks: Vec<IpNet> = networks.iter().copied().map(canonical_network).collect();
    let work = networks.len().saturating_mul(found.len());
    off_runtime(work, move || {
        networks.iter().map(|one| found.within(*one)).collect()
    })
    .await
}

/// What the records say, read again when that is old. One reader reads, the others wait for it.
async fn found(core: &Core) -> Arc<Found> {
    let mut memory = core.recent_logins.0.lock().await;
    if let Some((read, found)) = &memory.last
        && read.elapsed() < core.config.logins.refresh
    {
        return Arc::clone(found);
    }
    if let Some(sources) = sources(core).await {
        memory.sources = sources;
    }
    let found = Arc::new(read(core, memory.sources.clone()).await);
    memory.last = Some((Instant::now(), Arc::clone(&found)));
    found
}

async fn read(core: &Core, sources: Sources) -> Found {
    let now = core.config.clock.now();
    let wtmp = core.config.logins.wtmp.clone();
    let mut collected = on_disk(move || {
        let mut collected = Collected::new(now);
        wtmp::read(&wtmp, &mut collected);
        logs::read(&sources.logs, &mut collected);
        collected
    })
    .await;
    if sources.journal {
        journal::read(&core.config.journal, &mut collected).await;
    }
    collected.finish()
}

/// What the running jails read; `None` while the daemon does not say.
async fn sources(core: &Core) -> Option<Sources> {
    let link = core.link();
    let asked = tokio::time::timeout(ASK_LIMIT, health::sources(core, &link.client)).await;
    let mut reads = asked.ok()?.ok()?;
    // There may be more logs than are read.
    reads.sort_by_key(|reads| !reads.jail.as_str().contains("ssh"));
    let mut sources = Sources::default();
    for reads in reads {
        match reads.source {
            JailSource::Files(paths) => {
                for path in paths.into_iter().map(PathBuf::from) {
                    if !sources.logs.contains(&path) {
                        sources.logs.push(path);
                    }
                }
            }
            JailSource::Journal(_) => sources.journal = true,
        }
    }
    Some(sources)
}
