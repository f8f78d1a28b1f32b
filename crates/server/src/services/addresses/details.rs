//! The settings of all running jails, which only the daemon knows: asked for seldom, and not waited for long.
//!
//! A page about an address needs them of each jail (ignore lists, ban times), and the daemon answers one question after the other. What it told is kept for a while; BanGUI's own changes of a jail
//! make it forgotten. A host with hundreds of jails answers for some of them at the first look, and for the rest at the next.
use std::{
    collections::HashMap,
    future::ready,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use domain::{DaemonState, HostError, HostId, HostReads, JailDetail, JailName, JailState};
use futures_util::{StreamExt as _, stream};
use tokio::time::{Instant, timeout_at};

/// How long what the daemon told is good enough for a page.
const KEPT: Duration = Duration::from_secs(30);
/// How long a page waits for the daemon.
const LIMIT: Duration = Duration::from_secs(1);
/// Jails that the daemon is asked about at the same time: it answers one question after the other anyway.
const ASKED_AT_ONCE: usize = 4;

type Key = (HostId, JailName);

/// What the daemon told lately.
#[derive(Debug, Default)]
pub(crate) struct JailDetails {
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    /// Grows with each change: what was asked for before it is not kept after it.
    changes: u64,
    by_jail: HashMap<Key, (Instant, Arc<JailDetail>)>,
}

/// The running jails of a host.
#[derive(Debug, Default)]
pub(crate) struct RunningJails {
    /// With their settings, by name.
    pub(crate) details: Vec<Arc<JailDetail>>,
    /// Those that the daemon did not tell about, or not in time, by name.
    pub(crate) unknown: Vec<JailName>,
}

impl JailDetails {
    /// The running jails, those in `first` asked before the others; none while the daemon is down.
    ///
    /// # Errors
    /// The host's, when it cannot even be looked at.
    pub(crate) async fn running(
        &self,
        id: &HostId,
        host: &Arc<dyn HostReads>,
        first: &[JailName],
    ) -> Result<RunningJails, HostError> {
        if !matches!(host.status().await?.daemon, DaemonState::Up { .. }) {
            return Ok(RunningJails::default());
        }
        let jails = host.jails().await?.items.into_iter();
        let names: Vec<JailName> = jails
            .filter(|jail| jail.state != JailState::Stopped)
            .map(|jail| jail.name)
            .collect();
        let (changes, mut known) = self.kept(id, &names);
        let mut unknown: Vec<JailName> = names;
        unknown.retain(|name| !known.iter().any(|jail| jail.summary.name == *name));
        unknown.sort_by_key(|name| !first.contains(name));
        for detail in ask(host, &unknown).await {
            unknown.retain(|name| *name != detail.summary.name);
            self.keep(changes, id, &detail);
            known.push(detail);
        }
        known.sort_by(|a, b| a.summary.name.cmp(&b.summary.name));
        unknown.sort();
        Ok(RunningJails {
            details: known,
            unknown,
        })
    }

    /// Jails have been changed: nothing that was told before counts.
    pub(crate) fn forget(&self) {
        let mut kept = self.lock();
        kept.changes += 1;
        kept.by_jail.clear();
    }

    fn kept(&self, id: &HostId, names: &[JailName]) -> (u64, Vec<Arc<JailDetail>>) {
        let now = Instant::now();
        let mut kept = self.lock();
        kept.by_jail
            .retain(|_, (at, _)| now.duration_since(*at) < KEPT);
        let of = |name: &JailName| {
            let (_, detail) = kept.by_jail.get(&(id.clone(), name.clone()))?;
            Some(Arc::clone(detail))
        };
        (kept.changes, names.iter().filter_map(of).collect())
    }

    fn keep(&self, changes: u64, id: &HostId, detail: &Arc<JailDetail>) {
        let mut kept = self.lock();
        if kept.changes == changes {
            let key = (id.clone(), detail.summary.name.clone());
            kept.by_jail
                .insert(key, (Instant::now(), Arc::clone(detail)));
        }
    }

    /// A panic while the lock was held leaves a detail too many or too few.
    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the daemon tells in time.
async fn ask(host: &Arc<dyn HostReads>, names: &[JailName]) -> Vec<Arc<JailDetail>> {
    let deadline = Instant::now() + LIMIT;
    let questions = names.iter().cloned().map(|name| {
        let host = Arc::clone(host);
        async move { host.jail(&name).await.ok() }
    });
    let answers = stream::iter(questions)
        .buffer_unordered(ASKED_AT_ONCE)
        .filter_map(ready);
    let mut answers = std::pin::pin!(answers);
    let mut told = Vec::new();
    while let Ok(Some(detail)) = timeout_at(deadline, answers.next()).await {
        told.push(Arc::new(detail));
    }
    told
}
