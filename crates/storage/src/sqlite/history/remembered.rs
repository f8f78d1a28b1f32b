//! What questions have read of the tables, as long as these count the same: what is asked for most is asked again and again, with an end that moves on.
use std::{
    fmt,
    hash::Hash,
    ops::{Range, RangeInclusive},
    sync::Arc,
};

use domain::StorageError;
use moka::{policy::EvictionPolicy, sync::Cache};
use rusqlite::Connection;

use super::{
    cuts::OfSpan, day_sums::DaySums, repeaters::Repeaters, rollups::Share, subject::Columns,
    subjects::BansInJails,
};

/// Room for a week, a month and a year.
const REPEATERS_BYTES: u64 = 1_000_000;
/// Room for a hundred subjects with a thousand bans each.
const SUBJECTS_BYTES: u64 = 1_000_000;
/// Room for the ends of a range and of the one before it.
const SPANS_BYTES: u64 = 500_000;
/// Room for five thousand networks in six ranges.
const SUMS_BYTES: u64 = 1_000_000;

/// By which tables it is of (see [`Recent::tables`](super::recent::Recent::tables)), so that what is of others is not found, and goes in time.
type ByTables<K, V> = Cache<(i64, K), Arc<V>>;

/// All that is remembered.
pub(super) struct Remembered {
    repeaters: ByTables<RangeInclusive<i64>, Repeaters>,
    subjects: ByTables<Columns, BansInJails>,
    spans: ByTables<i64, OfSpan>,
    sums: ByTables<(Share, Range<i64>), DaySums>,
}

/// Something whose size in memory counts.
pub(super) trait Bytes {
    /// About how large it is.
    fn bytes(&self) -> usize;
}

impl Default for Remembered {
    fn default() -> Self {
        Self {
            repeaters: cache(REPEATERS_BYTES),
            subjects: cache(SUBJECTS_BYTES),
            spans: cache(SPANS_BYTES),
            sums: cache(SUMS_BYTES),
        }
    }
}

fn cache<K, V>(bytes: u64) -> ByTables<K, V>
where
    K: Hash + Eq + Send + Sync + 'static,
    V: Bytes + Send + Sync + 'static,
{
    let size = |_: &(i64, K), value: &Arc<V>| {
        let bytes = size_of::<(i64, K)>() + value.bytes();
        u32::try_from(bytes).unwrap_or(u32::MAX)
    };
    Cache::builder()
        .max_capacity(bytes)
        .weigher(size)
        // What is of older tables goes first, however often it was asked for.
        .eviction_policy(EvictionPolicy::lru())
        .build()
}

fn found_or_read<K, V>(
    cache: &ByTables<K, V>,
    key: (i64, K),
    read: impl FnOnce(&K) -> Result<V, StorageError>,
) -> Result<Arc<V>, StorageError>
where
    K: Hash + Eq + Send + Sync + 'static,
    V: Send + Sync + 'static,
{
    if let Some(found) = cache.get(&key) {
        return Ok(found);
    }
    let read = Arc::new(read(&key.1)?);
    cache.insert(key, Arc::clone(&read));
    // Else it would be above its limit for a while, and what is read in a while can be much.
    cache.run_pending_tasks();
    Ok(read)
}

fn forget<K, V>(cache: &ByTables<K, V>)
where
    K: Hash + Eq + Send + Sync + 'static,
    V: Send + Sync + 'static,
{
    cache.invalidate_all();
    cache.run_pending_tasks();
}

impl Remembered {
    /// Who was banned more than once on some days, in tables that the connection sees.
    pub(super) fn repeaters(
        &self,
        (connection, tables): (&Connection, i64),
        days: RangeInclusive<i64>,
    ) -> Result<Arc<Repeaters>, StorageError> {
        let read = |days: &RangeInclusive<i64>| Repeaters::read(connection, days.clone());
        found_or_read(&self.repeaters, (tables, days), read)
    }

    /// The bans of a subject.
    pub(super) fn bans_of(
        &self,
        (connection, tables): (&Connection, i64),
        subject: &Columns,
    ) -> Result<Arc<BansInJails>, StorageError> {
        let read = |subject: &Columns| BansInJails::read(connection, subject);
        found_or_read(&self.subjects, (tables, *subject), read)
    }

    /// The bans of a span of the lowest level.
    pub(super) fn bans_of_span(
        &self,
        (connection, tables): (&Connection, i64),
        span: i64,
    ) -> Result<Arc<OfSpan>, StorageError> {
        let read = |span: &i64| OfSpan::read(connection, *span);
        found_or_read(&self.spans, (tables, span), read)
    }

    /// Forgets what is of tables that are no more.
    pub(super) fn forget(&self) {
        forget(&self.repeaters);
        forget(&self.subjects);
        forget(&self.spans);
        forget(&self.sums);
    }

    /// The bans of some days by one dimension.
    pub(super) fn sums(
        &self,
        (connection, tables): (&Connection, i64),
        share: Share,
        days: Range<i64>,
    ) -> Result<Arc<DaySums>, StorageError> {
        let read =
            |(share, days): &(Share, Range<i64>)| DaySums::read(connection, *share, days.clone());
        found_or_read(&self.sums, (tables, (share, days)), read)
    }
}

impl fmt::Debug for Remembered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Remembered").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
