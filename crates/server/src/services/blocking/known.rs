//! What tasks found out, kept in memory: readers never wait for it and never write it.
use std::{
    collections::{BTreeMap, BTreeSet},
    net::IpAddr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use arc_swap::{ArcSwap, ArcSwapOption};
use blocklists::{Index, Overlap, Ranges};
use domain::{
    BlocklistId, FirewallDrift, HostName, JailName, LoadReport, Timestamp, UserName, Why,
};
use ipnet::IpNet;

use super::jails::JailProgress;

/// What a name was found to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Resolved {
    /// When it was last asked for.
    pub(crate) at: Timestamp,
    /// Its addresses; those from before where it could not be told this time.
    pub(crate) addresses: Vec<IpAddr>,
    /// Why it could not be told.
    pub(crate) problem: Option<String>,
}

/// What came of carrying out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LastLoad {
    /// When.
    pub(crate) at: Timestamp,
    /// What came of it, or why it failed.
    pub(crate) result: Result<LoadReport, Why>,
}

/// What lists have in common, and of which lists.
type KnownOverlaps = (Arc<Indexed>, Arc<Vec<Overlap<BlocklistId>>>);

/// The memory.
#[derive(Default)]
pub(crate) struct Known {
    lists: ArcSwap<Indexed>,
    names: ArcSwap<BTreeMap<HostName, Resolved>>,
    drift: ArcSwapOption<FirewallDrift>,
    last_load: ArcSwapOption<LastLoad>,
    allow_problem: ArcSwapOption<String>,
    jails: Mutex<BTreeMap<JailName, JailProgress>>,
    importing: Mutex<BTreeSet<BlocklistId>>,
    ordered: Mutex<BTreeMap<BlocklistId, UserName>>,
    put_off: Mutex<BTreeMap<BlocklistId, Instant>>,
    overlaps: Mutex<Option<KnownOverlaps>>,
    upkeep_asked: AtomicBool,
    to_let_in: Mutex<ToLetIn>,
}

/// Whose bans are still to end, as the allowlist lets them through.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) enum ToLetIn {
    /// All that the allowlist names: after a start nobody knows what was not done before it.
    #[default]
    Everybody,
    /// These.
    These(BTreeSet<IpNet>),
}

/// The addresses of lists.
#[derive(Default, Clone)]
pub(crate) struct Indexed {
    /// By list.
    pub(crate) index: Index<BlocklistId>,
    /// Of which copy they are.
    pub(crate) copies: BTreeMap<BlocklistId, i64>,
}

impl Known {
    /// The addresses of the lists in force.
    pub(crate) fn lists(&self) -> Arc<Indexed> {
        self.lists.load_full()
    }

    /// Puts those of a copy in place; only ever done by who carries out.
    pub(super) fn put_list(&self, id: BlocklistId, copy: i64, ranges: Ranges) {
        let mut lists = Indexed::clone(&self.lists.load());
        lists.index.insert(id, Arc::new(ranges));
        lists.copies.insert(id, copy);
        self.lists.store(Arc::new(lists));
    }

    /// Forgets lists; only ever done by who carries out.
    pub(super) fn drop_lists(&self, gone: &[BlocklistId]) {
        if gone.is_empty() {
            return;
        }
        let mut lists = Indexed::clone(&self.lists.load());
        for id in gone {
            lists.index.remove(*id);
            lists.copies.remove(id);
        }
        self.lists.store(Arc::new(lists));
    }

    /// What the names on the allowlist were found to be.
    pub(crate) fn names(&self) -> Arc<BTreeMap<HostName, Resolved>> {
        self.names.load_full()
    }

    /// Adds what names were found to be.
    pub(super) fn found_names(&self, found: &BTreeMap<HostName, Resolved>) {
        self.names.rcu(|names| {
            let mut names = BTreeMap::clone(names);
            names.extend(
                found
                    .iter()
                    .map(|(name, found)| (name.clone(), found.clone())),
            );
            names
        });
    }

    /// What was not as it should be when it was last looked at.
    pub(crate) fn drift(&self) -> Option<Arc<FirewallDrift>> {
        self.drift.load_full()
    }

    pub(super) fn found_drift(&self, drift: FirewallDrift) -> Arc<FirewallDrift> {
        let drift = Arc::new(drift);
        self.drift.store(Some(Arc::clone(&drift)));
        drift
    }

    /// What came of the last time that what is wanted was carried out.
    pub(crate) fn last_load(&self) -> Option<Arc<LastLoad>> {
        self.last_load.load_full()
    }

    pub(super) fn loaded(&self, at: Timestamp, result: Result<LoadReport, Why>) {
        self.last_load
            .store(Some(Arc::new(LastLoad { at, result })));
    }

    /// Whether nobody else waits for the allowlist to be looked after.
    pub(super) fn is_first_to_ask_for_upkeep(&self) -> bool {
        !self.upkeep_asked.swap(true, Ordering::SeqCst)
    }

    pub(super) fn upkeep_begins(&self) {
        self.upkeep_asked.store(false, Ordering::SeqCst);
    }

    /// Bans of these are to end.
    pub(super) fn let_in_later(&self, networks: impl IntoIterator<Item = IpNet>) {
        if let ToLetIn::These(these) = &mut *lock(&self.to_let_in) {
            these.extend(networks);
        }
    }

    /// Whose bans are to end. Told once: what is not done is to be said again.
    pub(super) fn take_to_let_in(&self) -> ToLetIn {
        std::mem::replace(&mut *lock(&self.to_let_in), ToLetIn::These(BTreeSet::new()))
    }

    /// Why fail2ban's files or running jails do not follow the allowlist.
    pub(crate) fn allow_problem(&self) -> Option<Arc<String>> {
        self.allow_problem.load_full()
    }

    pub(super) fn allow_synced(&self, problem: Option<String>) {
        self.allow_problem.store(problem.map(Arc::new));
    }

    /// How far a jail for lists is; `None` where it was not looked at yet.
    pub(crate) fn jail_progress(&self, jail: &JailName) -> Option<JailProgress> {
        lock(&self.jails).get(jail).cloned()
    }

    /// Forgets jails that carry out no list any more.
    pub(super) fn keep_jails(&self, is_kept: impl Fn(&JailName) -> bool) {
        lock(&self.jails).retain(|jail, _| is_kept(jail));
    }

    pub(super) fn jail_is_at(&self, jail: &JailName, progress: &JailProgress) {
        lock(&self.jails).insert(jail.clone(), progress.clone());
    }

    /// Whether a list is being fetched, or will be at once.
    pub(crate) fn is_importing(&self, id: BlocklistId) -> bool {
        lock(&self.importing).contains(&id) || lock(&self.ordered).contains_key(&id)
    }

    /// Says that a list is being fetched, until what this gives is dropped.
    pub(super) fn import_begins(self: &Arc<Self>, id: BlocklistId) -> Importing {
        lock(&self.importing).insert(id);
        Importing {
            known: Arc::clone(self),
            id,
        }
    }

    /// Lets a list alone for a while.
    pub(super) fn put_off(&self, id: BlocklistId, wait: Duration) {
        lock(&self.put_off).insert(id, Instant::now() + wait);
    }

    pub(super) fn is_put_off(&self, id: BlocklistId) -> bool {
        lock(&self.put_off)
            .get(&id)
            .is_some_and(|until| *until > Instant::now())
    }

    /// What lists have in common: worked out once for each set of lists, one asker at a time. Blocks for up to seconds.
    pub(crate) fn overlaps(&self) -> Arc<Vec<Overlap<BlocklistId>>> {
        let mut kept = lock(&self.overlaps);
        let lists = self.lists();
        if let Some((of, overlaps)) = &*kept
            && Arc::ptr_eq(of, &lists)
        {
            return Arc::clone(overlaps);
        }
        let overlaps = Arc::new(lists.index.overlaps());
        *kept = Some((lists, Arc::clone(&overlaps)));
        overlaps
    }

    /// A person wants a list fetched at once.
    pub(super) fn order(&self, id: BlocklistId, person: UserName) {
        lock(&self.ordered).insert(id, person);
    }

    /// Who wants a list fetched at once. Told once.
    pub(super) fn take_order(&self, id: BlocklistId) -> Option<UserName> {
        lock(&self.ordered).remove(&id)
    }

    /// Whether anybody wants it.
    pub(super) fn is_ordered(&self, id: BlocklistId) -> bool {
        lock(&self.ordered).contains_key(&id)
    }
}

/// A list that is being fetched.
pub(super) struct Importing {
    known: Arc<Known>,
    id: BlocklistId,
}

impl Drop for Importing {
    fn drop(&mut self) {
        lock(&self.known.importing).remove(&self.id);
    }
}

/// A panic while a lock was held leaves a list too many or too few.
fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}
