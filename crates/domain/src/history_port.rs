//! The part of the Storage port that keeps what happened.
use async_trait::async_trait;

use crate::{
    BanFilter, BanSubject, Count, Dimension, Event, EventFilter, EventId, EventPage, EventQuery,
    Failing, HearCursor, HeardBatch, HistorySize, HostId, JailName, LastHeard, Place, StorageError,
    SubjectInJail, TimeRange, Timestamp, Top,
};

/// What can be asked about the past. Never waits for a writer; nothing here reads all events.
#[async_trait]
pub trait HistoryReads: Send + Sync {
    /// A page of events, by time and key, without lines.
    async fn events(&self, query: &EventQuery) -> Result<EventPage, StorageError>;

    /// One event with its lines.
    async fn event(&self, id: EventId) -> Result<Option<Event>, StorageError>;

    /// Events stored after a key, in the order of storing, at most `limit`; for the live feed.
    async fn events_after(&self, id: EventId, limit: usize) -> Result<Vec<Event>, StorageError>;

    /// The key of the event stored last.
    async fn last_event(&self) -> Result<EventId, StorageError>;

    /// How many events fit: from roll-ups where they can tell, else counted up to `limit`.
    async fn count_events(&self, filter: &EventFilter, limit: u64) -> Result<Count, StorageError>;

    /// Bans between each two neighbours of `edges` (ascending, at least two, multiples of a quarter of an hour): one number less than edges.
    async fn bans_between(
        &self,
        filter: &BanFilter,
        edges: &[Timestamp],
    ) -> Result<Vec<u64>, StorageError>;

    /// The values of a dimension with the most bans in a range, compared with the range of the same length before it.
    async fn top(
        &self,
        filter: &BanFilter,
        range: TimeRange,
        by: Dimension,
        limit: usize,
    ) -> Result<Top, StorageError>;

    /// Who failed since a moment, most failures first, at most `limit`. Of somebody who was banned since only what came after the ban's end counts, by hours: the
    /// hour in which it ended counts whole where they failed after it. Whose ban is not known to have ended is left out.
    async fn failing(
        &self,
        host: Option<&HostId>,
        since: Timestamp,
        limit: usize,
    ) -> Result<Vec<Failing>, StorageError>;

    /// The last failure and the last ban of each of these jails, as far as they are kept.
    async fn last_heard(
        &self,
        host: &HostId,
        jails: &[JailName],
    ) -> Result<Vec<LastHeard>, StorageError>;

    /// What is known of a subject, jail by jail; empty when nothing is.
    async fn subject(&self, subject: &BanSubject) -> Result<Vec<SubjectInJail>, StorageError>;

    /// How far the agent of a host has been heard.
    async fn hear_cursor(&self, host: &HostId) -> Result<Option<HearCursor>, StorageError>;

    /// How much is kept.
    async fn history_size(&self) -> Result<HistorySize, StorageError>;
}

/// What was stored of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// The events that were new, or that became richer, with their keys, in the order of the batch; without lines.
    pub events: Vec<Event>,
    /// How many of them were new.
    pub new: u64,
}

/// What can be written about the past.
#[async_trait]
pub trait HistoryWrites: Send + Sync {
    /// Stores a batch with the place of each event's subject (`places` is as long as `batch.events`), its roll-ups, its failures and its cursor, in one transaction.
    ///
    /// `expected` is the cursor that the batch was heard from; when another one is stored, nothing is written and the answer is `None`: somebody else stored it before.
    async fn store_heard(
        &self,
        host: &HostId,
        expected: Option<&HearCursor>,
        batch: &HeardBatch,
        places: &[Place],
    ) -> Result<Option<Stored>, StorageError>;

    /// Removes events (not roll-ups) that happened before a moment, and failures by subject older than `failures_before`, at most `limit` rows; answers how many.
    async fn forget(
        &self,
        events_before: Timestamp,
        failures_before: Timestamp,
        limit: usize,
    ) -> Result<u64, StorageError>;
}
