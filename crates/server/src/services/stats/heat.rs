//! When in the week bans happen.
use domain::{BanFilter, HistoryReads, StorageError, TimeRange};

use super::buckets::{Bucket, edges};
use crate::services::history::range::{DAY, Zone};

/// The longest range of a heat map, in milliseconds: beyond a year, it would ask for more hours than it has use for.
pub(crate) const HEAT_LONGEST: i64 = 367 * DAY;

/// Bans by day of the week, Monday first, and local hour.
pub(crate) type Heat = [[u64; 24]; 7];

/// Counts bans by day of the week and local hour. An hour that comes twice when clocks go back is counted in the same cell.
///
/// # Errors
/// Storage's.
pub(crate) async fn heat(
    history: &dyn HistoryReads,
    filter: &BanFilter,
    range: TimeRange,
    zone: &Zone,
) -> Result<Heat, StorageError> {
    let edges = edges(range, Bucket::Hour, zone);
    let counted = history.bans_between(filter, &edges).await?;
    let mut heat = Heat::default();
    for (start, bans) in edges.iter().zip(counted) {
        if bans == 0 {
            continue;
        }
        let local = zone.local(*start);
        let day = local.weekday().to_monday_zero_offset();
        let cell = usize::try_from(day)
            .ok()
            .and_then(|day| heat.get_mut(day))
            .zip(usize::try_from(local.hour()).ok())
            .and_then(|(day, hour)| day.get_mut(hour));
        if let Some(cell) = cell {
            *cell += bans;
        }
    }
    Ok(heat)
}
