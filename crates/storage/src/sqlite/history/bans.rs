//! Sums of bans, from roll-ups and, at the ends of a range, from the few events there.
use std::{cmp::Reverse, collections::BTreeSet};

use domain::{
    BanFilter, Counted, Dimension, DimensionValue, StorageError, TimeRange, Timestamp, Top,
};
use rusqlite::{Connection, named_params};
use rustc_hash::FxHashMap;

use super::super::{error::driver, queries};
use super::{
    codes,
    names::Jails,
    packed::Counts,
    rollups::{self, Ban, Part, Share},
    selection::Selection,
    time, top_subjects,
};

/// Bans between each two neighbours of `edges`.
pub(super) fn between(
    connection: &Connection,
    filter: &BanFilter,
    edges: &[Timestamp],
) -> Result<Vec<u64>, StorageError> {
    let selection = Selection::of_bans(filter, &Jails::load(connection)?);
    let edges: Vec<i64> = edges.iter().map(|edge| edge.as_millis()).collect();
    series(connection, &selection, &edges)
}

/// The same for a selection. Edges that are no quarters cost the events of the quarters that they cut.
pub(super) fn series(
    connection: &Connection,
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
        connection,
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
        each_ban(connection, selection, begin, end, |ban| add(ban.at, 1))?;
    }
    Ok(bans)
}

/// What a count of a quarter is about; values that the roll-up does not tell apart are 0.
struct Cell {
    quarter: i64,
    jail: i64,
    country: i64,
    asn: i64,
}

/// Shows all counts of quarters from one (included) to another (excluded).
fn quarters(
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

/// Shows every selected ban from a moment (included) until another (excluded).
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

/// Who or what was banned most.
pub(super) fn top(
    connection: &Connection,
    filter: &BanFilter,
    range: TimeRange,
    by: Dimension,
    limit: usize,
) -> Result<Top, StorageError> {
    let jails = Jails::load(connection)?;
    let selection = Selection::of_bans(filter, &jails);
    let from = time::within(range.from.as_millis());
    let until = time::within(range.until.as_millis()).max(from);
    let before = time::within(from - (until - from));
    let Some(by) = Item::of(by) else {
        return top_subjects::top(connection, &selection, (before, from, until), limit);
    };
    let now = sums(connection, &selection, (from, until), by, &jails)?;
    let previous = sums(connection, &selection, (before, from), by, &jails)?;
    let total = now.values().sum();
    let mut items: Vec<(i64, u64)> = now.into_iter().filter(|(_, bans)| *bans > 0).collect();
    // Among equals the smaller key first, so that an answer does not depend on luck.
    items.sort_unstable_by_key(|(key, bans)| (Reverse(*bans), *key));
    items.truncate(limit);
    let items = items.into_iter().map(|(key, bans)| {
        Ok(Counted {
            value: value(by, key, &jails)?,
            bans,
            previous: previous.get(&key).copied().unwrap_or_default(),
        })
    });
    Ok(Top {
        items: items.collect::<Result<_, StorageError>>()?,
        total,
        exact: true,
    })
}

/// A dimension that roll-ups have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Item {
    Jail,
    Country,
    Network,
    Origin,
}

impl Item {
    const fn of(dimension: Dimension) -> Option<Self> {
        match dimension {
            Dimension::Jail => Some(Self::Jail),
            Dimension::Country => Some(Self::Country),
            Dimension::Network => Some(Self::Network),
            Dimension::Origin => Some(Self::Origin),
            Dimension::Subject => None,
        }
    }

    const fn share(self) -> Option<Share> {
        match self {
            Self::Jail => Some(Share::Jails),
            Self::Country => Some(Share::Countries),
            Self::Network => Some(Share::Networks),
            Self::Origin => None,
        }
    }

    const fn of_ban(self, jail: i64, country: i64, asn: i64, origin: i64) -> i64 {
        match self {
            Self::Jail => jail,
            Self::Country => country,
            Self::Network => asn,
            Self::Origin => origin,
        }
    }
}

type Sums = FxHashMap<i64, u64>;

/// Bans by item in a range.
fn sums(
    connection: &Connection,
    selection: &Selection,
    (from, until): (i64, i64),
    item: Item,
    jails: &Jails,
) -> Result<Sums, StorageError> {
    let mut sums = Sums::default();
    add_up(connection, selection, (from, until), item, &mut sums)?;
    if item != Item::Jail {
        return Ok(sums);
    }
    // Jails of one name on several hosts are one.
    let mut named = Sums::default();
    for (jail, bans) in sums {
        *named.entry(jails.first_of_name(jail)?).or_default() += bans;
    }
    Ok(named)
}

fn add_up(
    connection: &Connection,
    selection: &Selection,
    (from, until): (i64, i64),
    item: Item,
    sums: &mut Sums,
) -> Result<(), StorageError> {
    if selection.is_empty() || from >= until {
        return Ok(());
    }
    let mut add = |key: i64, count: u64| *sums.entry(key).or_default() += count;
    let by_quarters = item == Item::Origin || !selection.asns.is_empty();
    let unit = if by_quarters { 1 } else { time::SPAN };
    // What the roll-ups cover: from the first unit's begin to the last one's end.
    let first = time::quarter_from(from).div_euclid(unit)
        + i64::from(time::quarter_from(from).rem_euclid(unit) != 0);
    let last = time::quarter(until).div_euclid(unit);
    let mut each = |from, until| {
        each_ban(connection, selection, from, until, |ban| {
            add(item.of_ban(ban.jail, ban.country, ban.asn, ban.origin), 1);
        })
    };
    if first >= last {
        each(from, until)?;
        return Ok(());
    }
    each(from, first * unit * time::QUARTER)?;
    each(last * unit * time::QUARTER, until)?;
    if by_quarters {
        quarters(connection, selection, (first, last), |cell, counts| {
            for (origin, count) in (0..).zip(counts) {
                if count > 0 && selection.has_origin(origin) {
                    add(
                        item.of_ban(cell.jail, cell.country, cell.asn, origin),
                        count,
                    );
                }
            }
        })?;
        return Ok(());
    }
    let Some((oldest, newest)) = rollups::blocks(connection)? else {
        return Ok(());
    };
    // Years without bans cost nothing.
    let first = first.max((oldest * time::BLOCK).div_euclid(unit));
    let last = last.min(((newest + 1) * time::BLOCK).div_euclid(unit) + 1);
    for (level, span) in time::spans(first, last) {
        match item.share() {
            Some(share) if level > 0 && selection.is_all() => {
                let key = (i64::from(level), span, Some(share as i64));
                rollups::each_of(connection, Part::Share, key, |_, _, key, counts| {
                    add(key.cast_signed(), selection.sum(counts));
                })?;
            }
            _ => grid(
                connection,
                selection,
                (level, span),
                |jail, place, counts| {
                    let (country, asn) = place;
                    add(item.of_ban(jail, country, asn, 0), selection.sum(counts));
                },
            )?,
        }
    }
    Ok(())
}

/// Shows the counts of a span by jail, country and network.
fn grid(
    connection: &Connection,
    selection: &Selection,
    (level, span): (u32, i64),
    mut see: impl FnMut(i64, (i64, i64), Counts),
) -> Result<(), StorageError> {
    let level = i64::from(level);
    let shelves: BTreeSet<i64> = selection
        .countries
        .iter()
        .map(|country| rollups::grid_shelf(*country))
        .collect();
    let wanted = |number: u64| {
        let place = rollups::grid_place(number);
        selection.has_place(place.0, place.1).then_some(place)
    };
    match &selection.jails {
        Some(jails) if !shelves.is_empty() => {
            for (jail, shelf) in jails
                .iter()
                .flat_map(|jail| shelves.iter().map(move |shelf| (*jail, *shelf)))
            {
                let key = [level, span, jail, shelf];
                rollups::each(connection, Part::Grid, key, |number, counts| {
                    if let Some(place) = wanted(number) {
                        see(jail, place, counts);
                    }
                })?;
            }
            Ok(())
        }
        Some(jails) => jails.iter().try_for_each(|jail| {
            let key = (level, span, Some(*jail));
            rollups::each_of(connection, Part::Grid, key, |_, _, number, counts| {
                see(*jail, rollups::grid_place(number), counts);
            })
        }),
        None => rollups::each_shelf(
            connection,
            (level, span),
            |shelf| shelves.is_empty() || shelves.contains(&shelf),
            |jail, number, counts| {
                if let Some(place) = wanted(number) {
                    see(jail, place, counts);
                }
            },
        ),
    }
}

/// What a key of a dimension stands for.
fn value(by: Item, key: i64, jails: &Jails) -> Result<DimensionValue, StorageError> {
    Ok(match by {
        Item::Jail => DimensionValue::Jail(jails.get(key)?.name.clone()),
        Item::Country => DimensionValue::Country(codes::to_country(key)?),
        Item::Network => DimensionValue::Network(codes::to_asn(key)?),
        Item::Origin => DimensionValue::Origin(codes::to_origin(key)?),
    })
}
