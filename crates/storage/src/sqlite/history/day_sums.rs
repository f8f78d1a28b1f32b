//! Bans of whole days by one dimension, from the roll-ups of spans.
use std::ops::Range;

use domain::StorageError;
use rusqlite::Connection;
use rustc_hash::FxHashMap;

use super::{
    packed::Counts,
    remembered::Bytes,
    rollups::{self, Part, Share},
    time,
};

/// By jail, country or network, in no order.
#[derive(Debug)]
pub(super) struct DaySums(Vec<(i64, Counts)>);

impl DaySums {
    /// The sums in the tables of days that are not empty.
    pub(super) fn read(
        connection: &Connection,
        share: Share,
        days: Range<i64>,
    ) -> Result<Self, StorageError> {
        let mut sums = FxHashMap::<i64, Counts>::default();
        let spans = time::spans(time::first_span(days.start), time::first_span(days.end));
        for (level, span) in spans {
            let key = (i64::from(level), span, Some(share as i64));
            rollups::each_of(connection, Part::Share, key, |_, _, item, counts| {
                let sum = sums.entry(item.cast_signed()).or_default();
                for (sum, count) in sum.iter_mut().zip(counts) {
                    *sum += count;
                }
            })?;
        }
        Ok(Self(sums.into_iter().collect()))
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &(i64, Counts)> {
        self.0.iter()
    }
}

impl Bytes for DaySums {
    fn bytes(&self) -> usize {
        self.0.capacity() * size_of::<(i64, Counts)>()
    }
}
