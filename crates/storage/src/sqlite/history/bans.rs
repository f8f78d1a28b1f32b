//! Sums of bans, from roll-ups and, at the ends of a range, from the few events there.
use domain::{BanFilter, StorageError, Timestamp};
use rusqlite::{Connection, named_params};

use super::super::{error::driver, queries};
use super::{
    moment::Moment,
    names::Jails,
    packed::Counts,
    rollups::{self, Ban, Part},
    selection::Selection,
    time,
};

/// Bans between each two neighbours of `edges`.
pub(super) fn between(
    moment: &Moment<'_>,
    filter: &BanFilter,
    edges: &[Timestamp],
) -> Result<Vec<u64>, StorageError> {
    let selection = Selection::of_bans(filter, &Jails::load(moment)?);
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
    let mut bans = vec![0; edges.len().saturating_sub(1)];
    let (Some(&first), Some(&last)) = (edges.first(), edges.last()) else {
        return Ok(bans);
    };
    // Quarters that an edge cuts are counted event by event.
    let mut cut: Vec<i64> = edges
        .iter()
        .filter(|edge| *edge % time::QUARTER != 0)
        .map(|edge| time::quarter(*edge))
        .collect();
    cut.sort_unstable();
    cut.dedup();
    // Neighbours in time come one after another, so most are in the bucket of the one before: looking each up took three quarters of the time.
    let (mut bucket, mut bounds) = (0, 0..0);
    let mut add = |at: i64, count: u64| {
        if !bounds.contains(&at) {
            let after = edges.partition_point(|edge| *edge <= at);
            let begin = after.checked_sub(1).and_then(|number| edges.get(number));
            let (Some(&begin), Some(&end)) = (begin, edges.get(after)) else {
                return;
            };
            (bucket, bounds) = (after - 1, begin..end);
        }
        if let Some(sum) = bans.get_mut(bucket) {
            *sum += count;
        }
    };
    quarters(
        moment,
        selection,
        (time::quarter_from(first), time::quarter(last)),
        |cell, counts| {
            if cut.is_empty() || cut.binary_search(&cell.quarter).is_err() {
                add(cell.quarter * time::QUARTER, selection.sum(counts));
            }
        },
    )?;
    for quarter in cut {
        let begin = (quarter * time::QUARTER).max(first);
        let end = ((quarter + 1) * time::QUARTER).min(last);
        each_ban(moment, selection, begin, end, |ban| add(ban.at, 1))?;
    }
    moment
        .recent()
        .each_ban(selection, (first, last), |ban| add(ban.at, 1));
    Ok(bans)
}

/// What a count of a quarter is about; values that the roll-up does not tell apart are 0.
pub(super) struct Cell {
    quarter: i64,
    pub(super) jail: i64,
    pub(super) country: i64,
    pub(super) asn: i64,
}

/// Shows all counts of quarters in the tables from one (included) to another (excluded).
pub(super) fn quarters(
    connection: &Connection,
    selection: &Selection,
    (from, until): (i64, i64),
    mut see: impl FnMut(&Cell, Counts),
) -> Result<(), StorageError> {
    let Some((first, last)) = rollups::blocks(connection)? else {
        return Ok(());
    };
    let (first, last) = (
        first.max(time::in_block(from).0),
        last.min(time::in_block(until.saturating_sub(1)).0),
    );
    for block in first..=last {
        of_block(connection, selection, block, &mut |cell, counts| {
            if (from..until).contains(&cell.quarter) {
                see(cell, counts);
            }
        })?;
    }
    Ok(())
}

/// Shows all selected counts of a block.
fn of_block(
    connection: &Connection,
    selection: &Selection,
    block: i64,
    see: &mut dyn FnMut(&Cell, Counts),
) -> Result<(), StorageError> {
    // Of a part that does not tell something apart nothing is selected by it either.
    let mut show = |number: u64, jail, (country, asn), counts| {
        let cell = Cell {
            quarter: block * time::BLOCK + number.cast_signed(),
            jail,
            country,
            asn,
        };
        if selection.has_jail(jail) && selection.has_place(country, asn) {
            see(&cell, counts);
        }
    };
    if !selection.asns.is_empty() {
        return selection.asns.iter().try_for_each(|&asn| {
            let key = (block, asn, None);
            rollups::each_of(
                connection,
                Part::Network,
                key,
                |country, jail, n, counts| {
                    show(n, jail, (country, asn), counts);
                },
            )
        });
    }
    if !selection.countries.is_empty() {
        return selection.countries.iter().try_for_each(|&country| {
            let key = (block, country, None);
            rollups::each_of(connection, Part::Country, key, |jail, _, n, counts| {
                show(n, jail, (country, 0), counts);
            })
        });
    }
    if let Some(jails) = &selection.jails {
        return jails.iter().try_for_each(|&jail| {
            let key = [block, jail, 0, 0];
            rollups::each(connection, Part::Jail, key, |n, counts| {
                show(n, jail, (0, 0), counts);
            })
        });
    }
    let key = [block, 0, 0, 0];
    rollups::each(connection, Part::Total, key, |n, counts| {
        show(n, 0, (0, 0), counts);
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
