//! Hearing: what fail2ban does, from its log, its database and its list of bans, each thing once.
//!
//! `docs/decisions/0006-hearing.md` has the reasons. Who asks drives: between two questions nothing is read and nothing is held but the last batch.
mod cursor;
mod ears;
mod facts;
mod last_seen;
mod lines;
mod local;
mod machine;
mod sources;
mod tail;
mod watch;

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use domain::{BanSubject, DaemonState, HearCursor, HeardBatch, HostError, JailName, TimeRange};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use self::{
    ears::{Ears, Round},
    facts::{Key, Order},
    machine::Listing,
    sources::Sources,
    watch::Watch,
};
use crate::{core::Core, mirror::on_disk};

pub use self::ears::JournalConfig;
pub(crate) use self::ears::JournalEntry;
pub(crate) use self::last_seen::{LastSeen, Listening};
pub(crate) use self::local::{LogTimes, zone_of};
pub(crate) use self::tail::{Position, Read, Resume, Tail};

/// How often sources are looked at though no change was noticed: file systems without change notices, and a database in another folder.
const LOOK: Duration = Duration::from_secs(1);

/// The pause while a ban waits for its row.
const ROW_PAUSE: Duration = Duration::from_millis(20);

/// The pause while something waits to be decided.
const DECIDE_PAUSE: Duration = Duration::from_millis(250);

/// The least time between two readings of the journal, each of which costs a process.
pub(crate) const JOURNAL_PAUSE: Duration = Duration::from_millis(200);

/// After a change the rest of what happened with it is waited for, so that a burst makes few batches.
const SETTLE: Duration = Duration::from_millis(15);

/// How often the daemon is asked where its log and its database are.
const ASK_SOURCES: Duration = Duration::from_secs(15);

/// What hearing keeps between questions.
#[derive(Debug)]
pub(crate) struct Hearing {
    state: tokio::sync::Mutex<State>,
    orders: Mutex<Vec<(Order, domain::Timestamp)>>,
    /// Ends the waiting of the question before, whose asker has gone.
    turn: Mutex<CancellationToken>,
    seen: Arc<LastSeen>,
}

#[derive(Debug)]
struct State {
    ears: Option<Ears>,
    /// The last batch, and the cursor that it was asked with.
    last: Option<(Option<HearCursor>, HeardBatch)>,
    /// There is more to be read at once.
    behind: bool,
    began: Instant,
    asked: Option<Instant>,
    log: Watched,
    database: Watched,
}

/// A file that is watched, as far as it can be.
#[derive(Debug, Default)]
struct Watched {
    path: Option<PathBuf>,
    watch: Option<Watch>,
}

impl Default for Hearing {
    fn default() -> Self {
        Self {
            state: tokio::sync::Mutex::new(State {
                ears: None,
                last: None,
                behind: true,
                began: Instant::now(),
                asked: None,
                log: Watched::default(),
                database: Watched::default(),
            }),
            orders: Mutex::default(),
            turn: Mutex::default(),
            seen: Arc::default(),
        }
    }
}

impl Hearing {
    /// What was last heard of each jail.
    pub(crate) fn seen(&self) -> &LastSeen {
        &self.seen
    }

    /// Notes an order that is about to be given, so that its effect is known as this agent's.
    pub(crate) fn ordered(&self, core: &Core, orders: impl IntoIterator<Item = Order>) {
        /// Nobody may be listening.
        const MAX: usize = 2_000;
        let now = core.config.clock.now();
        let mut kept = self.orders.lock().unwrap_or_else(PoisonError::into_inner);
        kept.extend(orders.into_iter().map(|order| (order, now)));
        let surplus = kept.len().saturating_sub(MAX);
        kept.drain(..surplus);
    }

    fn take_orders(&self) -> Vec<(Order, domain::Timestamp)> {
        std::mem::take(&mut *self.orders.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Ends the question before, and answers what ends this one.
    fn take_turn(&self) -> CancellationToken {
        let mine = CancellationToken::new();
        let mut turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *turn, mine.clone()).cancel();
        mine
    }
}

/// An order to ban, in hearing's words.
pub(crate) fn ban_order(jail: &JailName, subject: BanSubject, for_list: bool) -> Order {
    Order::Ban {
        key: Key {
            jail: jail.clone(),
            subject,
        },
        for_list,
    }
}

/// An order to unban, in hearing's words.
pub(crate) fn unban_order(jail: &JailName, subject: BanSubject) -> Order {
    Order::Unban(Key {
        jail: jail.clone(),
        subject,
    })
}

/// An order to end every ban.
pub(crate) const fn unban_everything_order() -> Order {
    Order::UnbanEverything
}

/// A time of which nothing could be heard, if it is not long ago.
pub(crate) fn unheard(core: &Core) -> Option<TimeRange> {
    core.hearing.seen.unheard(core.config.clock.now())
}

/// What happened since a cursor.
pub(crate) async fn hear(
    core: &Core,
    after: Option<HearCursor>,
    wait: Duration,
) -> Result<HeardBatch, HostError> {
    let deadline = Instant::now() + wait;
    let turn = core.hearing.take_turn();
    let mut state = core.hearing.state.lock().await;
    if let Some(batch) = state.again(after.as_ref()) {
        return Ok(batch);
    }
    let mut ears = state.ears(after.as_ref(), core).await;
    loop {
        let sources = state.ask_sources(core).await;
        let round = Round {
            elapsed: state.began.elapsed(),
            clock: core.config.clock.now(),
            sources,
            listing: listing(core),
            orders: core.hearing.take_orders(),
        };
        let rounded = on_disk(move || {
            let behind = ears.round(round);
            (ears, behind)
        });
        (ears, state.behind) = rounded.await;
        let over = Instant::now() >= deadline || turn.is_cancelled() || core.cancel.is_cancelled();
        if ears.has_news() || over {
            let batch = ears.batch(state.behind, core.config.clock.now());
            state.ears = Some(ears);
            state.last = Some((after, batch.clone()));
            return Ok(batch);
        }
        if !state.behind {
            state.watch(&ears);
            let pause = pause(&ears);
            state
                .rest(core, deadline.min(Instant::now() + pause), &turn)
                .await;
        }
    }
}

/// How long to wait at most before the next look.
fn pause(ears: &Ears) -> Duration {
    if ears.is_put_off() {
        JOURNAL_PAUSE
    } else if ears.wants_rows() {
        ROW_PAUSE
    } else if ears.wants_time() {
        DECIDE_PAUSE
    } else {
        LOOK
    }
}

/// What the daemon lists; `None` while that is not known, or old.
fn listing(core: &Core) -> Option<Listing> {
    let snapshot = core.snapshot();
    if !matches!(snapshot.daemon, DaemonState::Up { .. }) {
        return None;
    }
    Some(Listing {
        jails: snapshot.bans.index.jails().to_vec(),
        as_of: snapshot.bans.as_of?,
    })
}

impl State {
    /// The last batch, when it is asked for again: it was not stored.
    fn again(&self, after: Option<&HearCursor>) -> Option<HeardBatch> {
        let (asked, batch) = self.last.as_ref()?;
        let tells = !batch.events.is_empty() || !batch.failures.is_empty();
        (tells && asked.as_ref() == after).then(|| batch.clone())
    }

    /// The ears that stand at a cursor.
    async fn ears(&mut self, after: Option<&HearCursor>, core: &Core) -> Ears {
        let stands = self.last.as_ref().is_some_and(|(asked, batch)| {
            // An empty batch need not have been stored.
            let empty = batch.events.is_empty() && batch.failures.is_empty();
            Some(&batch.cursor) == after || (empty && asked.as_ref() == after)
        });
        if let Some(ears) = self.ears.take().filter(|_| stands) {
            return ears;
        }
        self.last = None;
        self.asked = None;
        let (after, seen) = (after.cloned(), Arc::clone(&core.hearing.seen));
        let journal = core.config.journal.clone();
        let now = core.config.clock.now();
        on_disk(move || Ears::resume(after.as_ref(), seen, journal, now)).await
    }

    /// Asks the daemon now and then where it tells what it does.
    async fn ask_sources(&mut self, core: &Core) -> Option<Sources> {
        let due = self
            .asked
            .is_none_or(|asked| asked.elapsed() >= ASK_SOURCES);
        if !due || !matches!(core.snapshot().daemon, DaemonState::Up { .. }) {
            return None;
        }
        match sources::ask(&core.link().client).await {
            Ok(sources) => {
                self.asked = Some(Instant::now());
                Some(sources)
            }
            Err(error) => {
                tracing::debug!(%error, "the daemon did not say where its log is");
                None
            }
        }
    }

    fn watch(&mut self, ears: &Ears) {
        let [log, database] = ears.watched();
        self.log.follow(log);
        self.database.follow(database);
    }

    /// Waits until there may be something new.
    async fn rest(&mut self, core: &Core, until: Instant, turn: &CancellationToken) {
        let mut snapshots = core.subscribe();
        snapshots.mark_unchanged();
        tokio::select! {
            () = core.cancel.cancelled() => {}
            () = turn.cancelled() => {}
            () = tokio::time::sleep_until(until) => {}
            () = self.log.changed() => tokio::time::sleep(SETTLE).await,
            () = self.database.changed() => {}
            _ = snapshots.changed() => {}
        }
    }
}

impl Watched {
    fn follow(&mut self, path: Option<&Path>) {
        if self.path.as_deref() == path {
            return;
        }
        self.path = path.map(Path::to_owned);
        self.watch = path.and_then(|path| match Watch::of(path) {
            Ok(watch) => Some(watch),
            Err(error) => {
                tracing::info!(path = %path.display(), %error, "changes are not noticed and looked for instead");
                None
            }
        });
    }

    /// Waits for a change; for ever where none is noticed.
    async fn changed(&self) {
        if let Some(watch) = &self.watch
            && watch.changed().await.is_ok()
        {
            return;
        }
        std::future::pending::<()>().await;
    }
}
