//! Sums of bans, from roll-ups and, at the ends of a range, from the few events there.
use std::ops::Range;

use domain::{BanFilter, StorageError, Timestamp};
use rusqlite::{Connection, named_params};

use super::super::{error::driver, queries};
use super::{
    moment::Moment,
    packed::{self, Counts},
    rollups::{self, Ban, Part},
    selection::Selection,
    time,
};

/// Up to so many jails it is quicker to look for the row of each than to pass over those of the others.
const FEW_JAILS: usize = 4;

/// Bans between each two neighbours of `edges`.
pub(super) fn between(
    moment: &Moment<'_>,
    filter: &BanFilter,
    edges: &[Timestamp],
) -> Result<Vec<u64>, StorageError> {
    let jails = moment.jails()?;
    let selection = Selection::of_bans(filter, &jails);
    let edges: Vec<i64> = edges.iter().map(|edge| edge.as_millis()).collect();
    series(moment, &selection, &edges)
}

/// The same for a selection. Edges that are no quarters cost the events of the quarters that they cut.
pub(super) fn series(
    moment: &Moment<'_>,
    selection: &Selection,
    edges: &[i64],
) -> Result<Vec<u64>, StorageError> {
    let edges: Vec<i64> = edges.iter().map(|edge| time::within(*edge)).collect();
    let mut buckets = Buckets::new(&edges);
    let (Some(&first), Some(&last)) = (edges.first(), edges.last()) else {
        return Ok(buckets.sums);
    };
    let whole = (time::quarter_from(first), time::quarter(last));
    each_row(moment, selection, (whole, Detail::Sums), &mut |row| {
        packed::each(row.counts, |number, counts| {
            buckets.add_quarter(row.first + number.cast_signed(), selection.sum(counts));
        })
    })?;
    // Quarters that an edge cuts are counted event by event.
    let mut cut: Vec<i64> = edges
        .iter()
        .filter(|edge| *edge % time::QUARTER != 0)
        .map(|edge| time::quarter(*edge))
        .collect();
    cut.sort_unstable();
    cut.dedup();
    for quarter in cut {
        let begin = (quarter * time::QUARTER).max(first);
        let end = ((quarter + 1) * time::QUARTER).min(last);
        each_ban(moment, selection, begin, end, |ban| buckets.add(ban.at))?;
    }
    moment
        .recent()
        .count_bans(selection, (first, last), |moments, bans| {
            buckets.add_between(moments, bans)
        });
    Ok(buckets.sums)
}

/// Sums between neighbouring edges.
struct Buckets<'a> {
    edges: &'a [i64],
    sums: Vec<u64>,
    /// The bucket of the last quarter, and all quarters that lie in it whole: neighbours in time come one after another, so that most need no search.
    last: usize,
    quarters: Range<i64>,
}

impl<'a> Buckets<'a> {
    fn new(edges: &'a [i64]) -> Self {
        Self {
            edges,
            sums: vec![0; edges.len().saturating_sub(1)],
            last: 0,
            quarters: 0..0,
        }
    }

    /// The bucket of a moment, and its edges.
    fn of(&self, at: i64) -> Option<(usize, Range<i64>)> {
        let after = self.edges.partition_point(|edge| *edge <= at);
        let bucket = after.checked_sub(1)?;
        Some((bucket, *self.edges.get(bucket)?..*self.edges.get(after)?))
    }

    fn add(&mut self, at: i64) {
        self.add_between((at, at), 1);
    }

    /// Adds bans between two moments (both included), unless an edge parts these.
    fn add_between(&mut self, (first, last): (i64, i64), bans: u64) -> bool {
        let Some((bucket, edges)) = self.of(first) else {
            return false;
        };
        if !edges.contains(&last) {
            return false;
        }
        if let Some(sum) = self.sums.get_mut(bucket) {
            *sum += bans;
        }
        true
    }

    /// Adds the bans of a quarter, unless an edge cuts it.
    #[inline]
    fn add_quarter(&mut self, quarter: i64, bans: u64) {
        if !self.quarters.contains(&quarter) {
            let Some((bucket, edges)) = self.of(quarter * time::QUARTER) else {
                return;
            };
            let quarters = time::quarter_from(edges.start)..time::quarter(edges.end);
            if !quarters.contains(&quarter) {
                return;
            }
            (self.last, self.quarters) = (bucket, quarters);
        }
        if let Some(sum) = self.sums.get_mut(self.last) {
            *sum += bans;
        }
    }
}

/// A row of counts by quarter: values that it does not tell apart are 0.
struct CountsRow<'a> {
    /// The first quarter of its block.
    first: i64,
    jail: i64,
    country: i64,
    asn: i64,
    counts: &'a [u8],
}

type SeeRow<'a> = dyn FnMut(&CountsRow<'_>) -> Result<(), StorageError> + 'a;

/// How far rows are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Detail {
    /// Not at all: what is wanted is their sum.
    Sums,
    /// By what is selected, at least.
    Cells,
}

/// What a count of a quarter is about; values that the roll-up does not tell apart are 0.
pub(super) struct Cell {
    pub(super) jail: i64,
    pub(super) country: i64,
    pub(super) asn: i64,
}

/// Shows all counts of quarters in the tables from one (included) to another (excluded).
pub(super) fn quarters(
    moment: &Moment<'_>,
    selection: &Selection,
    (from, until): (i64, i64),
    mut see: impl FnMut(&Cell, Counts),
) -> Result<(), StorageError> {
    let what = ((from, until), Detail::Cells);
    each_row(moment, selection, what, &mut |row| {
        let cell = Cell {
            jail: row.jail,
            country: row.country,
            asn: row.asn,
        };
        packed::each(row.counts, |number, counts| {
            if (from..until).contains(&(row.first + number.cast_signed())) {
                see(&cell, counts);
            }
        })
    })
}

/// Shows the selected rows with counts of quarters from one (included) to another (excluded), and of those beside them.
fn each_row(
    moment: &Moment<'_>,
    selection: &Selection,
    ((from, until), detail): ((i64, i64), Detail),
    see: &mut SeeRow<'_>,
) -> Result<(), StorageError> {
    let Some((first, last)) = rollups::blocks(moment)? else {
        return Ok(());
    };
    let (first, last) = (
        first.max(time::in_block(from).0),
        last.min(time::in_block(until.saturating_sub(1)).0),
    );
    (first..=last).try_for_each(|block| match whole(selection, detail) {
        Some((part, items)) if moment.recent().are_complete_from(block * time::BLOCK) => {
            of_wholes(moment, (part, items), block, see)
        }
        _ => of_block(moment, selection, block, see),
    })
}

/// The countries or networks that are selected and nothing else, where their sums are enough: one row each instead of one for each of their jails.
fn whole(selection: &Selection, detail: Detail) -> Option<(Part, &[i64])> {
    if detail != Detail::Sums || selection.jails.is_some() {
        return None;
    }
    match (&*selection.countries, &*selection.asns) {
        ([_, ..], []) => Some((Part::WholeCountry, &selection.countries)),
        ([], [_, ..]) => Some((Part::WholeNetwork, &selection.asns)),
        _ => None,
    }
}

/// Shows the rows of whole countries or networks in a block.
fn of_wholes(
    connection: &Connection,
    (part, items): (Part, &[i64]),
    block: i64,
    see: &mut SeeRow<'_>,
) -> Result<(), StorageError> {
    items.iter().try_for_each(|&item| {
        rollups::row_of(connection, part, [block, item, 0, 0], |counts| {
            see(&CountsRow {
                first: block * time::BLOCK,
                jail: 0,
                country: 0,
                asn: 0,
                counts,
            })
        })
    })
}

/// Shows all selected rows of a block.
fn of_block(
    connection: &Connection,
    selection: &Selection,
    block: i64,
    see: &mut SeeRow<'_>,
) -> Result<(), StorageError> {
    // Of a part that does not tell something apart nothing is selected by it either.
    let mut show = |jail, (country, asn), counts: &[u8]| {
        if !selection.has_jail(jail) || !selection.has_place(country, asn) {
            return Ok(());
        }
        see(&CountsRow {
            first: block * time::BLOCK,
            jail,
            country,
            asn,
            counts,
        })
    };
    if !selection.asns.is_empty() {
        return selection.asns.iter().try_for_each(|&asn| {
            let key = (block, asn, None);
            rollups::rows_of(connection, Part::Network, key, |country, jail, counts| {
                show(jail, (country, asn), counts)
            })
        });
    }
    if let Some(jails) = &selection.jails
        && !selection.countries.is_empty()
        && jails.len() <= FEW_JAILS
    {
        let countries = selection.countries.iter();
        let mut cells =
            countries.flat_map(|country| jails.iter().map(move |jail| (*country, *jail)));
        return cells.try_for_each(|(country, jail)| {
            let key = [block, country, jail, 0];
            rollups::row_of(connection, Part::Country, key, |counts| {
                show(jail, (country, 0), counts)
            })
        });
    }
    if !selection.countries.is_empty() {
        return selection.countries.iter().try_for_each(|&country| {
            let key = (block, country, None);
            rollups::rows_of(connection, Part::Country, key, |jail, _, counts| {
                show(jail, (country, 0), counts)
            })
        });
    }
    if let Some(jails) = &selection.jails {
        return jails.iter().try_for_each(|&jail| {
            let key = [block, jail, 0, 0];
            rollups::row_of(connection, Part::Jail, key, |counts| {
                show(jail, (0, 0), counts)
            })
        });
    }
    let key = [block, 0, 0, 0];
    rollups::row_of(connection, Part::Total, key, |counts| {
        show(0, (0, 0), counts)
    })
}

/// Shows every selected ban in the tables from a moment (included) until another (excluded).
pub(super) fn each_ban(
    connection: &Connection,
    selection: &Selection,
    from: i64,
    until: i64,
    mut see: impl FnMut(&Ban),
) -> Result<(), StorageError> {
    let mut statement = connection
        .prepare_cached(queries::EVENTS_BANS)
        .map_err(driver)?;
    for origin in (0..3).filter(|origin| selection.has_origin(*origin)) {
        let mut rows = statement
            .query(named_params! { ":origin": origin, ":from": from, ":until": until })
            .map_err(driver)?;
        while let Some(row) = rows.next().map_err(driver)? {
            let ban = Ban {
                at: row.get(0).map_err(driver)?,
                jail: row.get(1).map_err(driver)?,
                country: row.get(2).map_err(driver)?,
                asn: row.get(3).map_err(driver)?,
                origin,
            };
            if selection.has_jail(ban.jail) && selection.has_place(ban.country, ban.asn) {
                see(&ban);
            }
        }
    }
    Ok(())
}
