//! What the agent hears, on its way into storage and to everybody who listens.
//!
//! One task for each host. It asks for more only when what it has is stored, so that a slow disk holds the agent's hand and not its memory; and the cursor is
//! stored with the batch, so that whatever is killed at whatever moment, nothing is lost and nothing counted twice.
use std::{sync::Arc, time::Duration};

use domain::{
    HearCursor, HeardBatch, HistoryReads, HistoryWrites, HostHears, HostId, HostReads, Place,
    Places, StorageError, Stored, address_of,
};
use tokio_util::sync::CancellationToken;

use super::{live::LiveFeed, orders::Orders};

/// How long the agent may have nothing to tell before it is asked again.
const WAIT: Duration = Duration::from_secs(30);
/// After failures alone: bans wait no longer than this, and a flood of failures writes no oftener.
const PAUSE_AFTER_FAILURES: Duration = Duration::from_millis(100);
/// After an error, doubled up to the longest pause.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// See the module.
pub(crate) struct Intake {
    /// Which host.
    pub(crate) host: HostId,
    /// Who hears.
    pub(crate) hears: Arc<dyn HostHears>,
    /// Where the cursor is.
    pub(crate) reads: Arc<dyn HistoryReads>,
    /// Where events go.
    pub(crate) writes: Arc<dyn HistoryWrites>,
    /// Where subjects are.
    pub(crate) places: Arc<dyn Places>,
    /// Who ordered what.
    pub(crate) orders: Arc<Orders>,
    /// Who listens.
    pub(crate) feed: Arc<LiveFeed>,
    /// When to end.
    pub(crate) stop: CancellationToken,
}

/// The server is stopping.
struct Stopping;

impl Intake {
    /// Hears, stores and tells until told to stop. A batch that was heard is stored before the end.
    pub(crate) async fn run(self) {
        let ended = self.hear_on().await;
        if ended.is_err() {
            tracing::debug!(host.id = %self.host, "hearing ended");
        }
    }

    async fn hear_on(&self) -> Result<std::convert::Infallible, Stopping> {
        // What is stored without a place stays without.
        self.unless_stopped(self.places.ready()).await?;
        let mut stored = self.begin().await?;
        let mut cursor = stored.clone();
        loop {
            let batch = self.hear(cursor.as_ref()).await?;
            if batch.events.is_empty() && batch.failures.is_empty() {
                // Nothing to lose: it is stored with the next thing that happens.
                cursor = Some(batch.cursor);
                continue;
            }
            let quiet = batch.events.is_empty() && !batch.more;
            let next = batch.cursor.clone();
            stored = if let Some(new) = self.store(stored.as_ref(), batch).await? {
                self.feed.publish(new.events);
                Some(next)
            } else {
                tracing::warn!(host.id = %self.host, "somebody else has stored what was heard: two BanGUIs on one database");
                self.begin().await?
            };
            cursor.clone_from(&stored);
            if quiet {
                self.unless_stopped(tokio::time::sleep(PAUSE_AFTER_FAILURES))
                    .await?;
            }
        }
    }

    /// The cursor from which to go on.
    async fn begin(&self) -> Result<Option<HearCursor>, Stopping> {
        let mut patience = Patience::new("the history could not be read");
        loop {
            let asking = async {
                let last = self.reads.last_event().await?;
                let cursor = self.reads.hear_cursor(&self.host).await?;
                Ok::<_, StorageError>((last, cursor))
            };
            match self.unless_stopped(asking).await? {
                Ok((last, cursor)) => {
                    patience.worked();
                    self.feed.begin(last);
                    return Ok(cursor);
                }
                Err(error) => self.unless_stopped(patience.wait(&error)).await?,
            }
        }
    }

    async fn hear(&self, after: Option<&HearCursor>) -> Result<HeardBatch, Stopping> {
        let mut patience = Patience::new("the agent could not hear");
        loop {
            match self.unless_stopped(self.hears.hear(after, WAIT)).await? {
                Ok(batch) => {
                    patience.worked();
                    return Ok(batch);
                }
                Err(error) => self.unless_stopped(patience.wait(&error)).await?,
            }
        }
    }

    async fn store(
        &self,
        expected: Option<&HearCursor>,
        mut batch: HeardBatch,
    ) -> Result<Option<Stored>, Stopping> {
        for event in &mut batch.events {
            event.actor = event
                .actor
                .take()
                .or_else(|| self.orders.who(&self.host, event));
        }
        let places: Vec<Place> = batch
            .events
            .iter()
            .map(|event| address_of(&event.subject).map(|address| self.places.place(address)))
            .map(Option::unwrap_or_default)
            .collect();
        let mut patience = Patience::new("what was heard could not be stored");
        loop {
            // Not cut short by the stop: what was heard is stored, when that works at once.
            let storing = self
                .writes
                .store_heard(&self.host, expected, &batch, &places);
            match storing.await {
                Ok(stored) => {
                    patience.worked();
                    return Ok(stored);
                }
                Err(error) => self.unless_stopped(patience.wait(&error)).await?,
            }
        }
    }

    async fn unless_stopped<T>(&self, work: impl Future<Output = T>) -> Result<T, Stopping> {
        tokio::select! {
            biased;
            () = self.stop.cancelled() => Err(Stopping),
            done = work => Ok(done),
        }
    }
}

/// Trying again, with growing pauses. The first error of a row is logged, and its end.
struct Patience {
    what: &'static str,
    pause: Duration,
    failed: bool,
}

impl Patience {
    const fn new(what: &'static str) -> Self {
        Self {
            what,
            pause: FIRST_PAUSE,
            failed: false,
        }
    }

    async fn wait(&mut self, error: &(dyn std::error::Error + Send + Sync + 'static)) {
        if !self.failed {
            self.failed = true;
            tracing::warn!(error = %error, "{}; it is tried again", self.what);
        }
        tokio::time::sleep(self.pause).await;
        self.pause = (self.pause * 2).min(LONGEST_PAUSE);
    }

    fn worked(&self) {
        if self.failed {
            tracing::info!("{}: it works again", self.what);
        }
    }
}

/// Tells the feed how the host is, at most once a second, from the agent's memory.
pub(crate) async fn follow_status(
    host: Arc<dyn HostReads>,
    feed: Arc<LiveFeed>,
    stop: CancellationToken,
) {
    const EVERY: Duration = Duration::from_secs(1);
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            biased;
            () = stop.cancelled() => return,
            _ = ticks.tick() => {}
        }
        feed.tick();
        // The agent answers from memory, also while the daemon is down.
        if let Ok(status) = host.status().await {
            feed.publish_status(status);
        }
    }
}

#[cfg(test)]
mod tests;
