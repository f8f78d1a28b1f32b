//! What the agent knows of a daemon's jails and bans, and bringing that up to date.
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::{Duration, Instant},
};

use domain::{BanSubject, Clock, JailCounters, JailName, JailState, JailSummary, Timestamp};
use fail2ban::{Client, ClientError};

use crate::{
    budget::Budget,
    convert,
    jail_bans::{JailBans, Row},
    times::LocalTimes,
};

/// A list that took the daemon longer than this is paid for from the account of long lists, so that one huge jail does not keep the small
/// ones from being shown.
const LONG_LIST: Duration = Duration::from_millis(20);

/// After an action a jail's list is read again at once where that takes the daemon no longer than this; else what is known is put in.
const AT_ONCE: Duration = Duration::from_millis(60);

/// Bans change also without the counters (another ban time re-times them), so a list is read again after this or, where it is long, after
/// this many times what it takes.
const READ_AGAIN: Duration = Duration::from_mins(1);
const READ_AGAIN_FACTOR: u32 = 100;

/// What a row costs the daemon at most: 10 µs were measured, twice that on a busy machine. What a list took beyond that was waiting for others.
const MOST_PER_ROW: Duration = Duration::from_micros(20);

/// What a question costs whatever it asks.
const PER_LIST: Duration = Duration::from_millis(5);

/// Above this many rows a list is put in order on another thread: 5,000 rows take about a millisecond.
pub(crate) const MANY_ROWS: usize = 5_000;

/// What an action changed, to be shown at once.
#[derive(Debug, Default)]
pub(crate) struct Change {
    /// The jail that it concerned.
    pub(crate) jail: Option<JailName>,
    /// Bans that the daemon was seen to hold.
    pub(crate) added: Vec<Row>,
    /// Subjects that it was seen not to hold.
    pub(crate) removed: Vec<BanSubject>,
}

/// A jail that the daemon runs.
#[derive(Debug)]
struct Watched {
    counters: JailCounters,
    listed: Option<Listed>,
}

/// The bans of a jail as they were listed.
#[derive(Debug)]
struct Listed {
    bans: Arc<JailBans>,
    /// The counters before the list was read: a ban made meanwhile changes them again.
    counters: JailCounters,
    at: Timestamp,
    read: Instant,
    cost: Duration,
    /// Known to differ from what the daemon holds, or put in without asking it.
    outdated: bool,
}

/// What is known of one daemon.
#[derive(Debug)]
pub(crate) struct Mirror {
    jails: BTreeMap<JailName, Watched>,
    /// Jails that were told to rest; the daemon cannot be asked for this.
    pub(crate) idle: BTreeSet<JailName>,
    short_lists: Budget,
    long_lists: Budget,
    process: Option<fail2ban::client::DaemonInstance>,
    /// When the counters were read.
    as_of: Option<Timestamp>,
    version: String,
}

impl Default for Mirror {
    fn default() -> Self {
        let now = Instant::now();
        Self {
            jails: BTreeMap::new(),
            idle: BTreeSet::new(),
            short_lists: Budget::new(now),
            long_lists: Budget::new(now),
            process: None,
            as_of: None,
            version: String::new(),
        }
    }
}

/// A jail's list is wanted, and when it was last read.
type Due = (Option<Instant>, JailName);

impl Mirror {
    /// Asks for all counters, and forgets what a restart of the daemon made untrue.
    pub(crate) async fn ask_counters(
        &mut self,
        client: &Client,
        clock: &dyn Clock,
    ) -> Result<(), ClientError> {
        let counters = client.counters().await?;
        self.version = client.version().await?.text;
        self.as_of = Some(clock.now());
        let restarted = self.process != client.instance();
        self.process = client.instance();
        let mut known = std::mem::take(&mut self.jails);
        for of in &counters {
            let name: JailName = match of.jail.parse() {
                Ok(name) => name,
                Err(error) => {
                    tracing::debug!(jail.name = of.jail, %error, "a jail with a name that cannot be used is left out");
                    continue;
                }
            };
            let listed = known.remove(&name).and_then(|watched| watched.listed);
            let counters = convert::counters(of);
            self.jails.insert(name, Watched { counters, listed });
        }
        if restarted {
            self.forget_restarted();
        }
        let jails = &self.jails;
        self.idle.retain(|name| jails.contains_key(name));
        Ok(())
    }

    /// A daemon that was started again has no idle jails, and its bans may have other times.
    fn forget_restarted(&mut self) {
        self.idle.clear();
        self.outdate_all();
    }

    /// Every list is read again as soon as its turn comes.
    pub(crate) fn outdate_all(&mut self) {
        for listed in self.jails.values_mut().filter_map(|w| w.listed.as_mut()) {
            listed.outdated = true;
        }
    }

    /// Reads the lists of bans that changed, as far as the daemon's time allows.
    pub(crate) async fn ask_bans(
        &mut self,
        client: &Client,
        clock: &dyn Clock,
    ) -> Result<(), ClientError> {
        let now = Instant::now();
        let (short, long) = (self.short_lists.allows(now), self.long_lists.allows(now));
        let mut due: Vec<Due> = self
            .jails
            .iter()
            .filter(|(_, watched)| watched.is_due(now))
            .map(|(name, watched)| (watched.listed.as_ref().map(|l| l.read), name.clone()))
            .collect();
        due.sort();
        let mut allowed = (short, long);
        for (_, name) in due {
            let cost = self.jails.get(&name).and_then(Watched::expected_cost);
            let may = match cost {
                // Never read: without it the list of bans would be wrong.
                None => true,
                Some(cost) if cost > LONG_LIST => allowed.1,
                Some(_) => allowed.0,
            };
            if may {
                self.list(&name, client, clock).await?;
                let now = Instant::now();
                allowed = (self.short_lists.allows(now), self.long_lists.allows(now));
            }
        }
        Ok(())
    }

    /// Shows what an action changed: by reading the jail's list where that is quick, else by putting in what is known.
    pub(crate) async fn apply(
        &mut self,
        change: Change,
        client: &Client,
        clock: &dyn Clock,
    ) -> Result<(), ClientError> {
        let Some(name) = change.jail else {
            return Ok(());
        };
        let Some(watched) = self.jails.get_mut(&name) else {
            return Ok(());
        };
        match &mut watched.listed {
            Some(listed) if listed.cost > AT_ONCE => {
                let before = listed.bans.clone();
                let patched = off_runtime(before.rows().len(), move || {
                    before.patched(&change.added, &change.removed)
                });
                listed.bans = Arc::new(patched.await);
                listed.outdated = true;
                Ok(())
            }
            _ => self.list(&name, client, clock).await,
        }
    }

    async fn list(
        &mut self,
        name: &JailName,
        client: &Client,
        clock: &dyn Clock,
    ) -> Result<(), ClientError> {
        let Some(counters) = self.jails.get(name).map(|watched| watched.counters) else {
            return Ok(());
        };
        let started = Instant::now();
        // An empty list need not be asked for.
        let rows = match counters.currently_banned {
            0 => Vec::new(),
            _ => match client.banned_with_time(name.as_str()).await {
                Ok(rows) => rows,
                // Stopped since the counters were read: the next poll tells.
                Err(ClientError::Daemon(error)) if error.is_unknown_jail() => return Ok(()),
                Err(error) => return Err(error),
            },
        };
        let most = u32::try_from(rows.len()).map_or(Duration::MAX, |n| MOST_PER_ROW * n + PER_LIST);
        let cost = started.elapsed().min(most);
        let at = clock.now();
        let jail = name.clone();
        let bans = off_runtime(rows.len(), move || {
            let times = LocalTimes::of_the_machine(at);
            JailBans::new(jail, rows.into_iter().map(|row| times.row(row)).collect())
        })
        .await;
        if cost > LONG_LIST {
            self.long_lists.spend(cost);
        } else {
            self.short_lists.spend(cost);
        }
        if let Some(watched) = self.jails.get_mut(name) {
            watched.keep(bans, at, cost);
        }
        Ok(())
    }

    /// What the daemon calls its version.
    pub(crate) fn version(&self) -> String {
        self.version.clone()
    }

    /// When the counters were read.
    pub(crate) const fn as_of(&self) -> Option<Timestamp> {
        self.as_of
    }

    /// The running jails and, as stopped, those of `enabled` that do not run; by name.
    pub(crate) fn summaries(&self, enabled: &BTreeSet<JailName>) -> Vec<JailSummary> {
        let running = self.jails.iter().map(|(name, watched)| JailSummary {
            name: name.clone(),
            state: if self.idle.contains(name) {
                JailState::Idle
            } else {
                JailState::Running
            },
            counters: watched.counters,
        });
        let stopped = enabled
            .iter()
            .filter(|name| !self.jails.contains_key(*name))
            .map(|name| JailSummary {
                name: name.clone(),
                state: JailState::Stopped,
                counters: JailCounters::default(),
            });
        let mut all: Vec<JailSummary> = running.chain(stopped).collect();
        all.sort_by(|a, b| a.name.cmp(&b.name));
        all
    }

    /// The bans of all jails by name, and when they were true; no moment while a list is missing.
    pub(crate) fn bans(&self) -> (Vec<Arc<JailBans>>, Option<Timestamp>) {
        let lists = self.jails.values().filter_map(|w| w.listed.as_ref());
        let bans = lists.map(|listed| listed.bans.clone()).collect();
        let oldest = self.jails.values().try_fold(self.as_of, |oldest, watched| {
            Some(Some(oldest?.min(watched.true_at(self.as_of?)?)))
        });
        (bans, oldest.flatten())
    }
}

impl Watched {
    fn is_due(&self, now: Instant) -> bool {
        self.listed.as_ref().is_none_or(|listed| {
            let rest = READ_AGAIN.max(listed.cost.saturating_mul(READ_AGAIN_FACTOR));
            listed.differs_from(self.counters) || now.saturating_duration_since(listed.read) >= rest
        })
    }

    /// `None` when the jail was never listed.
    fn expected_cost(&self) -> Option<Duration> {
        self.listed.as_ref().map(|listed| listed.cost)
    }

    fn keep(&mut self, bans: JailBans, at: Timestamp, cost: Duration) {
        // The same bans stay the same value, so that nothing built on them is built again.
        let bans = match self.listed.take() {
            Some(old) if old.bans.rows() == bans.rows() => old.bans,
            _ => Arc::new(bans),
        };
        self.listed = Some(Listed {
            bans,
            counters: self.counters,
            at,
            read: Instant::now(),
            cost,
            outdated: false,
        });
    }

    /// When the list was true, given when the counters were; `None` for a jail that was never listed.
    fn true_at(&self, counters_at: Timestamp) -> Option<Timestamp> {
        let listed = self.listed.as_ref()?;
        Some(if listed.differs_from(self.counters) {
            listed.at
        } else {
            counters_at
        })
    }
}

impl Listed {
    fn differs_from(&self, counters: JailCounters) -> bool {
        self.outdated
            || self.counters.currently_banned != counters.currently_banned
            || self.counters.total_banned != counters.total_banned
    }
}

/// Does work on another thread when there is much of it.
pub(crate) async fn off_runtime<T: Send + 'static>(
    rows: usize,
    work: impl FnOnce() -> T + Send + 'static,
) -> T {
    if rows <= MANY_ROWS {
        return work();
    }
    on_disk(work).await
}

/// Does work that waits for the disk on another thread.
pub(crate) async fn on_disk<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // Only a runtime that is being shut down cancels blocking work, and then nobody waits for it.
            Err(_) => std::future::pending().await,
        },
    }
}
