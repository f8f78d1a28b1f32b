//! What all verbs share: the link, the snapshot, the locks, the tasks.
use std::{
    collections::BTreeSet,
    path::Path,
    sync::{Arc, Mutex, PoisonError, RwLock},
};

use domain::{DaemonState, DownReason, HostError, JailName, JailState};
use fail2ban::ClientError;
use tokio::sync::{Notify, watch};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    AgentConfig,
    bans_index::{Bans, BansIndex},
    configuration::{ConfigReader, Configuration},
    connection::Down,
    convert,
    detail::Details,
    firewall::PacketFilter,
    guard::Guard,
    health::Health,
    hear::Hearing,
    laboratory::Laboratory,
    link::Link,
    mirror::{Change, Mirror, off_runtime},
    recent_logins::RecentLoginsRead,
    reload,
    snapshot::{Snapshot, totals},
};

/// The inside of an agent.
pub(crate) struct Core {
    pub(crate) config: AgentConfig,
    pub(crate) guard: Guard,
    pub(crate) firewall: PacketFilter,
    pub(crate) details: Details,
    pub(crate) health: Health,
    pub(crate) hearing: Hearing,
    pub(crate) config_reader: ConfigReader,
    pub(crate) laboratory: Laboratory,
    pub(crate) recent_logins: RecentLoginsRead,
    pub(crate) configuration: Arc<Configuration>,
    pub(crate) tracker: TaskTracker,
    pub(crate) cancel: CancellationToken,
    /// Ends the pause before the next poll.
    pub(crate) wake: Notify,
    /// Ends the pause before the configuration is read again.
    pub(crate) wake_enabled: Notify,
    /// Held while bans go out in chunks: one long list at a time.
    pub(crate) bulk: tokio::sync::Mutex<()>,
    /// Held while jails are started, stopped or reloaded.
    pub(crate) reloading: tokio::sync::Mutex<()>,
    snapshots: watch::Sender<Arc<Snapshot>>,
    link: RwLock<Arc<Link>>,
    /// The jails that the configuration enables, as last read; `None` before that.
    enabled: Mutex<Option<BTreeSet<JailName>>>,
    /// Where the daemon logs to, as it last said.
    log_target: Mutex<Option<String>>,
}

impl Core {
    pub(crate) fn new(config: AgentConfig) -> Self {
        let link = Link::new(&config.socket, &config.timeouts);
        let first = Snapshot::connecting(link.socket(), 1);
        Self {
            guard: Guard::new(config.guard.clone()),
            firewall: PacketFilter::new(config.firewall.clone()),
            details: Details::new(config.timeouts.jail_detail),
            health: Health::default(),
            hearing: Hearing::default(),
            config_reader: ConfigReader::default(),
            laboratory: Laboratory::default(),
            recent_logins: RecentLoginsRead::default(),
            configuration: Arc::new(Configuration::new(&config)),
            config,
            tracker: TaskTracker::new(),
            cancel: CancellationToken::new(),
            wake: Notify::new(),
            wake_enabled: Notify::new(),
            bulk: tokio::sync::Mutex::default(),
            reloading: tokio::sync::Mutex::default(),
            snapshots: watch::Sender::new(Arc::new(first)),
            link: RwLock::new(Arc::new(link)),
            enabled: Mutex::default(),
            log_target: Mutex::default(),
        }
    }

    /// The present state.
    pub(crate) fn snapshot(&self) -> Arc<Snapshot> {
        self.snapshots.borrow().clone()
    }

    /// The present state and those to come.
    pub(crate) fn subscribe(&self) -> watch::Receiver<Arc<Snapshot>> {
        self.snapshots.subscribe()
    }

    /// The link in use.
    pub(crate) fn link(&self) -> Arc<Link> {
        self.link
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Uses another socket from now on.
    pub(crate) fn relink(&self, socket: &Path) {
        let new = Arc::new(Link::new(socket, &self.config.timeouts));
        let name = new.socket();
        let old = std::mem::replace(
            &mut *self.link.write().unwrap_or_else(PoisonError::into_inner),
            new,
        );
        old.retired.cancel();
        *self
            .log_target
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = None;
        self.snapshots.send_modify(|state| {
            *state = Arc::new(Snapshot::connecting(name, state.revision.saturating_add(1)));
        });
        self.details.clear();
        self.wake.notify_one();
        self.wake_enabled.notify_one();
    }

    /// The jails that the configuration enables, as last read.
    pub(crate) fn enabled(&self) -> BTreeSet<JailName> {
        self.enabled
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
            .unwrap_or_default()
    }

    /// Where the daemon logs to, as it last said.
    pub(crate) fn log_target(&self) -> Option<String> {
        let target = self.log_target.lock();
        target.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Keeps where the daemon says that it logs to.
    pub(crate) fn keep_log_target(&self, target: &str) {
        let mut kept = self
            .log_target
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *kept = Some(target.to_owned());
    }

    fn knows_enabled(&self) -> bool {
        let enabled = self.enabled.lock();
        enabled.unwrap_or_else(PoisonError::into_inner).is_some()
    }

    /// Keeps what the configuration enables; shown with the next answer of the daemon.
    pub(crate) fn keep_enabled(&self, names: BTreeSet<JailName>) {
        *self.enabled.lock().unwrap_or_else(PoisonError::into_inner) = Some(names);
    }

    /// Asks the daemon for what changed and shows it.
    pub(crate) async fn poll(&self, link: &Link) -> Result<(), ClientError> {
        let mut mirror = link.mirror.lock().await;
        let asked = self.ask(link, &mut mirror, Vec::new()).await;
        self.show(link, &mirror, asked.as_ref().err()).await;
        asked
    }

    /// Shows what an action changed before it returns. That the daemon fails meanwhile is shown and does not undo the action.
    pub(crate) async fn refresh(&self, link: &Link, changes: Vec<Change>) {
        let mut mirror = link.mirror.lock().await;
        let asked = self.ask(link, &mut mirror, changes).await;
        self.show(link, &mirror, asked.as_ref().err()).await;
    }

    async fn ask(
        &self,
        link: &Link,
        mirror: &mut Mirror,
        changes: Vec<Change>,
    ) -> Result<(), ClientError> {
        let clock = &*self.config.clock;
        mirror.ask_counters(&link.client, clock).await?;
        if self.snapshot().daemon == DaemonState::Connecting {
            // Lists of many bans take seconds: until then the jails can be seen already.
            self.show(link, mirror, None).await;
        }
        for change in changes {
            mirror.apply(change, &link.client, clock).await?;
        }
        mirror.ask_bans(&link.client, clock).await
    }

    /// Makes a snapshot of what is known and puts it in place, unless another socket is in use by now.
    async fn show(&self, link: &Link, mirror: &Mirror, failed: Option<&ClientError>) {
        let before = self.snapshot();
        let now = self.config.clock.now();
        let mut next = Snapshot {
            checked_at: Some(now),
            ..(*before).clone()
        };
        if let Some(error) = failed {
            let since = match &before.daemon {
                DaemonState::Down { since, .. } => *since,
                _ => now,
            };
            next.daemon = Down::from(error).since(since);
        } else {
            next.daemon = DaemonState::Up {
                version: mirror.version(),
            };
            next.as_of = mirror.as_of();
            next.jails = mirror.summaries(&self.enabled());
            next.totals = totals(&next.jails);
            next.bans = bans(mirror, &before.bans).await;
        }
        self.put(link, next);
    }

    fn put(&self, link: &Link, mut next: Snapshot) {
        self.snapshots.send_if_modified(|state| {
            if link.retired.is_cancelled() {
                return false;
            }
            let same = next.says_the_same_as(state);
            next.revision = state.revision.saturating_add(u64::from(!same));
            log_change(&state.daemon, &next.daemon);
            *state = Arc::new(next);
            true
        });
    }

    /// Refuses at once what a daemon that hangs would make wait.
    pub(crate) fn answering(&self) -> Result<(), HostError> {
        let daemon = &self.snapshot().daemon;
        let hangs = matches!(
            daemon,
            DaemonState::Down {
                reason: DownReason::NotAnswering,
                ..
            }
        );
        if hangs { daemon.unless_down() } else { Ok(()) }
    }

    /// Whether a jail runs, as the daemon says now where the snapshot does not know it as running.
    pub(crate) async fn state_of(
        &self,
        link: &Link,
        name: &JailName,
    ) -> Result<JailState, HostError> {
        self.answering()?;
        let known = |core: &Self| core.snapshot().jail(name).map(|jail| jail.state);
        if let Some(state @ (JailState::Running | JailState::Idle)) = known(self) {
            return Ok(state);
        }
        if !self.knows_enabled() {
            // Just started: without this, a stopped jail would seem not to be there.
            reload::read_enabled(self).await;
        }
        self.poll(link).await.map_err(|e| convert::error(&e))?;
        known(self).ok_or_else(|| HostError::JailNotFound(name.clone()))
    }

    /// Fails unless a jail runs.
    pub(crate) async fn needs_running(
        &self,
        link: &Link,
        name: &JailName,
    ) -> Result<(), HostError> {
        match self.state_of(link, name).await? {
            JailState::Running | JailState::Idle => Ok(()),
            JailState::Stopped => Err(HostError::JailNotRunning(name.clone())),
        }
    }

    /// An error of a verb that concerns one jail.
    pub(crate) fn jail_error(&self, name: &JailName, error: &ClientError) -> HostError {
        match error {
            ClientError::Daemon(said) if said.is_unknown_jail() => {
                if self.enabled().contains(name) {
                    HostError::JailNotRunning(name.clone())
                } else {
                    HostError::JailNotFound(name.clone())
                }
            }
            other => convert::error(other),
        }
    }
}

/// The bans of all jails; the same index while no list changed.
async fn bans(mirror: &Mirror, before: &Bans) -> Bans {
    let (jails, as_of) = mirror.bans();
    if before.index.is_made_of(&jails) {
        return Bans {
            index: before.index.clone(),
            as_of,
        };
    }
    let old = before.index.clone();
    let count = jails.iter().map(|jail| jail.rows().len()).sum();
    let index = off_runtime(count, move || {
        let index = BansIndex::new(jails);
        index.prepare_like(&old);
        Arc::new(index)
    });
    Bans {
        index: index.await,
        as_of,
    }
}

fn log_change(before: &DaemonState, after: &DaemonState) {
    match (before, after) {
        (DaemonState::Down { .. } | DaemonState::Connecting, DaemonState::Up { version }) => {
            tracing::info!(version, "fail2ban answers");
        }
        (
            DaemonState::Up { .. } | DaemonState::Connecting,
            DaemonState::Down { reason, detail, .. },
        ) => tracing::warn!(?reason, detail, "fail2ban does not answer"),
        _ => {}
    }
}
