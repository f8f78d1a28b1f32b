//! Who was banned most often.
//!
//! Every count that is shown is exact, as far as its events were not forgotten: it comes from what is kept of the subject. Who is looked at is found by counting events where there are
//! few, and otherwise among those who were banned most on a day of the range, and those who were banned most of all.
use std::{cmp::Reverse, ops::ControlFlow};

use domain::{Counted, DimensionValue, StorageError, Top};
use rusqlite::{Connection, named_params};

use super::super::{error::driver, queries};
use super::{
    bans, counting,
    cuts::{Cuts, Part},
    moment::Moment,
    names,
    places::Window,
    selection::Selection,
    subject::Columns,
    subjects::Kept,
    top_candidates,
};

/// Who is counted has chosen the address: the hash has a seed.
pub(super) type Sums = foldhash::HashMap<Columns, u64>;

/// The subjects with the most bans from `from` until `until`; what they had from `before` until `from` beside it.
pub(super) fn top(
    moment: &Moment<'_>,
    selection: &Selection,
    (before, from, until): (i64, i64, i64),
    limit: usize,
) -> Result<Top, StorageError> {
    let total = bans_in_all(moment, selection, from, until)?;
    let mut top = Top {
        items: Vec::new(),
        total,
        exact: true,
    };
    if total == 0 || limit == 0 || selection.is_empty() {
        return Ok(top);
    }
    let mut found = top_candidates::find(moment, selection, (from, until), (total, limit))?;
    let mut cuts = Cuts::new((before, from, until), counting::forgotten_before(moment)?);
    cuts.look_at_ends(moment, selection, Part::Before)?;
    if found.lately.is_some() {
        cuts.look_at_ends(moment, selection, Part::Range)?;
    }
    // Equals in the order in which they were found, which depends on nothing but what is stored.
    found.subjects.sort_by_key(|(_, most)| Reverse(*most));
    let mut first: Vec<(u64, Columns, Kept)> = Vec::new();
    for (subject, most) in found.subjects {
        let least = limit.checked_sub(1).and_then(|last| first.get(last));
        // Who has as many comes after those that are there.
        if least.is_some_and(|(least, ..)| most <= *least) {
            break;
        }
        let kept = cuts.kept(moment, &subject, selection)?;
        let bans = match &found.lately {
            None => most,
            Some(lately) => {
                let recent = lately.bans_of(moment, &subject, selection, (from, until));
                recent + cuts.in_tables(moment, (&subject, &kept), selection, Part::Range)?
            }
        };
        if bans > 0 {
            let place = first.partition_point(|(other, ..)| *other >= bans);
            first.insert(place, (bans, subject, kept));
            first.truncate(limit);
        }
    }
    for (bans, subject, mut kept) in first {
        let place = kept.place(moment.recent(), &subject)?;
        let value = subject.subject(|| names::text(moment, subject.text))?;
        let recently =
            moment
                .recent()
                .count_of(&subject, selection, &Window::between(before, from));
        top.items.push(Counted {
            value: DimensionValue::Subject(value, place),
            bans,
            previous: recently
                + cuts.in_tables(moment, (&subject, &kept), selection, Part::Before)?,
        });
    }
    let listed: u64 = top.items.iter().map(|item| item.bans).sum();
    let least = top.items.last().map_or(0, |item| item.bans);
    top.exact = listed == total || (top.items.len() == limit && least >= found.others);
    if found.lately.is_some() && cuts.may_lack(selection) {
        top.exact = listed == total;
    }
    Ok(top)
}

fn bans_in_all(
    moment: &Moment<'_>,
    selection: &Selection,
    from: i64,
    until: i64,
) -> Result<u64, StorageError> {
    Ok(bans::series(moment, selection, &[from, until])?
        .into_iter()
        .sum())
}

/// How many selected bans of a range there are in the tables.
pub(super) fn bans_in_tables(
    moment: &Moment<'_>,
    selection: &Selection,
    (from, until): (i64, i64),
) -> Result<u64, StorageError> {
    let mut recent = 0;
    moment
        .recent()
        .count_bans(selection, (from, until), |_, bans| {
            recent += bans;
            true
        });
    Ok(bans_in_all(moment, selection, from, until)?.saturating_sub(recent))
}

/// A ban, by the order of who was banned.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Banned {
    pub(super) subject: Columns,
    pub(super) at: i64,
    pub(super) jail: i64,
}

/// Shows every selected ban in the tables from a moment (included) until another (excluded), until it is enough.
pub(super) fn each_in_tables(
    connection: &Connection,
    selection: &Selection,
    (from, until): (i64, i64),
    mut see: impl FnMut(Banned) -> ControlFlow<()>,
) -> Result<(), StorageError> {
    let mut place = connection
        .prepare_cached(queries::EVENTS_PLACE)
        .map_err(driver)?;
    let mut statement = connection
        .prepare_cached(queries::EVENTS_BANNED)
        .map_err(driver)?;
    let mut rows = statement
        .query(named_params! { ":from": from, ":until": until })
        .map_err(driver)?;
    while let Some(row) = rows.next().map_err(driver)? {
        let jail = row.get(2).map_err(driver)?;
        if !selection.has_jail(jail) {
            continue;
        }
        if selection.is_narrowed() {
            let id: i64 = row.get(0).map_err(driver)?;
            let fits = place
                .query_row([id], |row| {
                    Ok(selection.has_origin(row.get(0)?)
                        && selection.has_place(row.get(1)?, row.get(2)?))
                })
                .map_err(driver)?;
            if !fits {
                continue;
            }
        }
        let banned = Banned {
            subject: Columns {
                address: row.get(3).map_err(driver)?,
                prefix: row.get(1).map_err(driver)?,
                text: row.get(4).map_err(driver)?,
            },
            at: row.get(5).map_err(driver)?,
            jail,
        };
        if see(banned).is_break() {
            break;
        }
    }
    Ok(())
}
