//! Who or what was banned most, from roll-ups of spans.
use std::{cmp::Reverse, collections::BTreeSet};

use domain::{BanFilter, Counted, Dimension, DimensionValue, StorageError, TimeRange, Top};
use rusqlite::Connection;
use rustc_hash::{FxBuildHasher, FxHashMap};

use super::{
    bans::{each_ban, quarters},
    codes,
    moment::Moment,
    names::Jails,
    packed::Counts,
    recent::By,
    rollups::{self, Part, Share},
    selection::Selection,
    time, top_subjects,
};

/// Who or what was banned most.
pub(super) fn top(
    moment: &Moment<'_>,
    filter: &BanFilter,
    range: TimeRange,
    by: Dimension,
    limit: usize,
) -> Result<Top, StorageError> {
    let jails = moment.jails()?;
    let selection = Selection::of_bans(filter, &jails);
    let from = time::within(range.from.as_millis());
    let until = time::within(range.until.as_millis()).max(from);
    let before = time::within(from - (until - from));
    let Some(by) = Item::of(by) else {
        return top_subjects::top(moment, &selection, (before, from, until), limit);
    };
    // Jails of one name on several hosts are one.
    let firsts = if by == Item::Jail {
        jails.firsts_of_name()
    } else {
        FxHashMap::default()
    };
    let mut now = Sums::with_capacity_and_hasher(ITEMS, FxBuildHasher);
    sum_up(moment, &selection, (from, until), by, &mut |key, bans| {
        *now.entry(*firsts.get(&key).unwrap_or(&key)).or_default() += bans;
    })?;
    let total = now.values().sum();
    let mut items: Vec<(i64, u64)> = now.into_iter().filter(|(_, bans)| *bans > 0).collect();
    // Among equals the smaller key first, so that an answer does not depend on luck.
    let order = |(key, bans): &(i64, u64)| (Reverse(*bans), *key);
    if items.len() > limit {
        items.select_nth_unstable_by_key(limit, order);
        items.truncate(limit);
    }
    items.sort_unstable_by_key(order);
    // Of those alone that are shown: of some thousand networks that is a small part.
    let mut previous: Sums = items.iter().map(|(key, _)| (*key, 0)).collect();
    sum_up(moment, &selection, (before, from), by, &mut |key, bans| {
        if let Some(sum) = previous.get_mut(firsts.get(&key).unwrap_or(&key)) {
            *sum += bans;
        }
    })?;
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

    const fn by(self) -> Option<By> {
        match self {
            Self::Jail => Some(By::Jail),
            Self::Country => Some(By::Country),
            Self::Network => Some(By::Network),
            Self::Origin => None,
        }
    }

    /// The pairs that tell all that is needed, where something is selected; networks are not selected then.
    const fn pairs(self, selection: &Selection) -> Option<Share> {
        match self {
            Self::Country => Some(Share::CountriesAndJails),
            Self::Jail if !selection.countries.is_empty() => Some(Share::CountriesAndJails),
            Self::Network if !selection.countries.is_empty() && selection.jails.is_none() => {
                Some(Share::CountriesAndNetworks)
            }
            _ => None,
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

/// So many networks may be banned in a day: to make room for them one after another took a sixth of an answer.
const ITEMS: usize = 4_096;

/// Adds the bans of a range by item.
fn sum_up(
    moment: &Moment<'_>,
    selection: &Selection,
    (from, until): (i64, i64),
    item: Item,
    add: &mut impl FnMut(i64, u64),
) -> Result<(), StorageError> {
    add_up(moment, selection, (from, until), item, add)?;
    let recent = moment.recent();
    match item.by() {
        Some(by) => recent.sum_bans(selection, (from, until), by, add),
        None => recent.each_ban(selection, (from, until), |ban| add(ban.origin, 1)),
    }
    Ok(())
}

/// Adds the bans in the tables.
fn add_up(
    moment: &Moment<'_>,
    selection: &Selection,
    (from, until): (i64, i64),
    item: Item,
    add: &mut impl FnMut(i64, u64),
) -> Result<(), StorageError> {
    if selection.is_empty() || from >= until {
        return Ok(());
    }
    let by_quarters = item == Item::Origin || !selection.asns.is_empty();
    let unit = if by_quarters { 1 } else { time::SPAN };
    // What the roll-ups cover: from the first unit's begin to the last one's end.
    let first = time::quarter_from(from).div_euclid(unit)
        + i64::from(time::quarter_from(from).rem_euclid(unit) != 0);
    let last = time::quarter(until).div_euclid(unit);
    if first >= last {
        return short(moment, selection, (from, until), item, add);
    }
    let ends = [
        (from, first * unit * time::QUARTER),
        (last * unit * time::QUARTER, until),
    ];
    for end in ends {
        short(moment, selection, end, item, add)?;
    }
    if by_quarters {
        quarters(moment, selection, (first, last), |cell, counts| {
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
    of_spans(moment, selection, (first, last), item, add)
}

/// Adds the bans of whole spans of the lowest level, by the fewest spans that cover them.
fn of_spans(
    moment: &Moment<'_>,
    selection: &Selection,
    (first, last): (i64, i64),
    item: Item,
    add: &mut impl FnMut(i64, u64),
) -> Result<(), StorageError> {
    let Some((oldest, newest)) = rollups::blocks(moment)? else {
        return Ok(());
    };
    // Years without bans cost nothing.
    let first = first.max((oldest * time::BLOCK).div_euclid(time::SPAN));
    let last = last.min(((newest + 1) * time::BLOCK).div_euclid(time::SPAN) + 1);
    let mut each_of = |first, last| {
        time::spans(first, last).try_for_each(|of| of_span(moment, selection, of, item, add))
    };
    let days = time::whole_days(first, last);
    let Some(share) = item
        .share()
        .filter(|_| selection.is_all() && !days.is_empty())
    else {
        return each_of(first, last);
    };
    each_of(first, time::first_span(days.start))?;
    each_of(time::first_span(days.end), last)?;
    for (key, counts) in moment.sums(share, days)?.iter() {
        add(*key, selection.sum(*counts));
    }
    Ok(())
}

/// Adds the bans of a span, from the smallest row that tells them.
fn of_span(
    moment: &Moment<'_>,
    selection: &Selection,
    (level, span): (u32, i64),
    item: Item,
    add: &mut impl FnMut(i64, u64),
) -> Result<(), StorageError> {
    let begin = time::first_quarter(level, span);
    let is_complete = moment.recent().are_complete_from(begin);
    let of = (level, span);
    match (item.share(), item.pairs(selection)) {
        // Those of the lowest level came later than the others.
        (Some(share), _) if selection.is_all() && (level > 0 || is_complete) => {
            let key = (i64::from(level), span, Some(share as i64));
            rollups::each_of(moment, Part::Share, key, |_, _, key, counts| {
                add(key.cast_signed(), selection.sum(counts));
            })
        }
        (_, Some(pairs)) if is_complete => {
            let of_country = item == Item::Country;
            of_pairs(moment, selection, of, pairs, &mut |place, counts| {
                let key = if of_country { place.0 } else { place.1 };
                add(key, selection.sum(counts));
            })
        }
        _ => grid(moment, selection, of, |jail, (country, asn), counts| {
            add(item.of_ban(jail, country, asn, 0), selection.sum(counts));
        }),
    }
}

/// Adds the bans in the tables of a range that is no whole span: by quarters, and event by event where it cuts these, and where they are not counted ahead.
fn short(
    moment: &Moment<'_>,
    selection: &Selection,
    (from, until): (i64, i64),
    item: Item,
    add: &mut impl FnMut(i64, u64),
) -> Result<(), StorageError> {
    let (first, last) = (time::quarter_from(from), time::quarter(until));
    let are_counted =
        first < last && item != Item::Origin && moment.recent().are_complete_from(first);
    let (end, begin) = if are_counted {
        (first * time::QUARTER, last * time::QUARTER)
    } else {
        (from, from)
    };
    let cut = [(from, end), (begin, until)];
    for (from, until) in cut.into_iter().filter(|(from, until)| from < until) {
        each_ban(moment, selection, from, until, |ban| {
            add(item.of_ban(ban.jail, ban.country, ban.asn, ban.origin), 1);
        })?;
    }
    if !are_counted {
        return Ok(());
    }
    rollups::each_of_quarters(moment, (first, last), |jail, (country, asn), counts| {
        if selection.has_jail(jail) && selection.has_place(country, asn) {
            add(item.of_ban(jail, country, asn, 0), selection.sum(counts));
        }
    })
}

/// Shows the selected counts of a span by country and jail, or by country and network.
fn of_pairs(
    connection: &Connection,
    selection: &Selection,
    (level, span): (u32, i64),
    pairs: Share,
    see: &mut impl FnMut((i64, i64), Counts),
) -> Result<(), StorageError> {
    let level = i64::from(level);
    let mut show = |number, counts| {
        let (country, other) = rollups::grid_place(number);
        let has_jail = pairs != Share::CountriesAndJails || selection.has_jail(other);
        if has_jail && selection.has_country(country) {
            see((country, other), counts);
        }
    };
    if selection.countries.is_empty() {
        let key = (level, span, Some(pairs as i64));
        return rollups::each_of(connection, Part::Share, key, |_, _, number, counts| {
            show(number, counts);
        });
    }
    shelves(selection).into_iter().try_for_each(|shelf| {
        let key = [level, span, pairs as i64, shelf];
        rollups::each(connection, Part::Share, key, &mut show)
    })
}

/// The shelves of the countries that are selected.
fn shelves(selection: &Selection) -> BTreeSet<i64> {
    let countries = selection.countries.iter();
    countries
        .map(|country| rollups::grid_shelf(*country))
        .collect()
}

/// Shows the counts of a span by jail, country and network.
fn grid(
    connection: &Connection,
    selection: &Selection,
    (level, span): (u32, i64),
    mut see: impl FnMut(i64, (i64, i64), Counts),
) -> Result<(), StorageError> {
    let level = i64::from(level);
    let shelves = shelves(selection);
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
