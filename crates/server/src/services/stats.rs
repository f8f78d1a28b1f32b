//! Counting bans: in buckets of the calendar, and by hour of the week. All from roll-ups, whose smallest part is a quarter of an hour.
pub(crate) mod buckets;
mod failing;
mod heat;

use domain::{BanFilter, HistoryReads, StorageError, TimeRange, Timestamp};

pub(crate) use buckets::Bucket;
pub(crate) use failing::failing;
pub(crate) use heat::{HEAT_LONGEST, Heat, heat};

use self::buckets::{before, edges};
use crate::services::history::range::Zone;

/// Bans over a range, with the period before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Series {
    /// How long the buckets are.
    pub(crate) bucket: Bucket,
    /// The buckets, without gaps.
    pub(crate) buckets: Vec<Counts>,
    /// Where the period before begins; it ends where the range begins.
    pub(crate) previous_from: Timestamp,
}

/// Bans in a bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Where it begins.
    pub(crate) start: Timestamp,
    /// Bans.
    pub(crate) bans: u64,
    /// Bans in the same bucket of the period before.
    pub(crate) previous: u64,
}

impl Series {
    /// Bans over the whole range, and over the period before.
    pub(crate) fn totals(&self) -> (u64, u64) {
        self.buckets
            .iter()
            .fold((0, 0), |(bans, previous), bucket| {
                (bans + bucket.bans, previous + bucket.previous)
            })
    }
}

/// Counts bans in buckets of the calendar.
///
/// # Errors
/// Storage's.
pub(crate) async fn series(
    history: &dyn HistoryReads,
    filter: &BanFilter,
    range: TimeRange,
    zone: &Zone,
) -> Result<Series, StorageError> {
    let bucket = Bucket::fitting(range);
    let edges = edges(range, bucket, zone);
    let edges_before = before(&edges, range, bucket, zone);
    let bans = history.bans_between(filter, &edges).await?;
    let previous = between(history, filter, &edges_before).await?;
    let counts = edges.iter().zip(bans).zip(previous);
    Ok(Series {
        bucket,
        buckets: counts
            .map(|((start, bans), previous)| Counts {
                start: *start,
                bans,
                previous,
            })
            .collect(),
        previous_from: edges_before.first().copied().unwrap_or(range.from),
    })
}

/// As storage counts, but neighbours may be equal: a day that a zone left out holds nothing.
async fn between(
    history: &dyn HistoryReads,
    filter: &BanFilter,
    edges: &[Timestamp],
) -> Result<Vec<u64>, StorageError> {
    let mut unlike = edges.to_vec();
    unlike.dedup();
    let mut counted = history.bans_between(filter, &unlike).await?.into_iter();
    let buckets = edges.iter().zip(edges.iter().skip(1));
    Ok(buckets
        .map(|(from, until)| {
            if from == until {
                return 0;
            }
            counted.next().unwrap_or_default()
        })
        .collect())
}
