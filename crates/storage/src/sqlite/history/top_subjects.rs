//! Who was banned most often.
//!
//! Every count that is shown is exact: it comes from what is kept of the subject. Who is looked at is found by counting events where there are
//! few, and otherwise among those who were banned most on a day of the range, and those who were banned most of all.
use std::cmp::Reverse;

use domain::{Counted, DimensionValue, StorageError, Top};
use rusqlite::{Connection, named_params};

use super::super::{error::driver, queries};
use super::{
    bans, codes, counting, moment::Moment, names, selection::Selection, stretch::Stretch,
    subject::Columns, subjects, top_candidates,
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
    let previous = Stretch::new(before, from);
    let mut found = top_candidates::find(moment, selection, (from, until), (total, limit))?;
    let mut now = Stretch::new(from, until);
    if !found.counted && !selection.is_narrowed() {
        now.count_ends(moment, selection)?;
    }
    // Equals in the order in which they were found, which depends on nothing but what is stored.
    found.subjects.sort_by_key(|(_, most)| Reverse(*most));
    let mut first: Vec<(u64, Columns)> = Vec::new();
    for (subject, most) in found.subjects {
        let least = limit.checked_sub(1).and_then(|last| first.get(last));
        // Who has as many comes after those that are there.
        if least.is_some_and(|(least, ..)| most <= *least) {
            break;
        }
        let bans = if found.counted {
            most
        } else {
            now.bans_of(moment, &subject, selection)?
        };
        if bans > 0 {
            let place = first.partition_point(|(other, ..)| *other >= bans);
            first.insert(place, (bans, subject));
            first.truncate(limit);
        }
    }
    for (bans, subject) in first {
        top.items.push(Counted {
            value: value(moment, &subject)?,
            bans,
            previous: previous.bans_of(moment, &subject, selection)?,
        });
    }
    let listed: u64 = top.items.iter().map(|item| item.bans).sum();
    let least = top.items.last().map_or(0, |item| item.bans);
    top.exact = listed == total || (top.items.len() == limit && least >= found.others);
    if !found.counted && now.may_lack(selection, counting::forgotten_before(moment)?) {
        top.exact = listed == total;
    }
    Ok(top)
}

pub(super) fn bans_in_all(
    moment: &Moment<'_>,
    selection: &Selection,
    from: i64,
    until: i64,
) -> Result<u64, StorageError> {
    Ok(bans::series(moment, selection, &[from, until])?
        .into_iter()
        .sum())
}

fn value(moment: &Moment<'_>, subject: &Columns) -> Result<DimensionValue, StorageError> {
    let place = subjects::in_jails(moment, subject)?
        .iter()
        .max_by_key(|row| row.last_at)
        .map_or(Ok(domain::Place::default()), |row| {
            codes::to_place(row.country, row.asn)
        })?;
    let subject = subject.subject(|| names::text(moment, subject.text))?;
    Ok(DimensionValue::Subject(subject, place))
}

/// Shows the subject of every selected ban from a moment (included) until another (excluded).
pub(super) fn each_banned(
    moment: &Moment<'_>,
    selection: &Selection,
    from: i64,
    until: i64,
    mut see: impl FnMut(Columns),
) -> Result<(), StorageError> {
    each_in_tables(moment, selection, (from, until), &mut see)?;
    moment.recent().each_banned(selection, (from, until), see);
    Ok(())
}

/// The same of those in the tables.
pub(super) fn each_in_tables(
    connection: &Connection,
    selection: &Selection,
    (from, until): (i64, i64),
    mut see: impl FnMut(Columns),
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
        if !selection.has_jail(row.get(2).map_err(driver)?) {
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
        see(Columns {
            address: row.get(3).map_err(driver)?,
            prefix: row.get(1).map_err(driver)?,
            text: row.get(4).map_err(driver)?,
        });
    }
    Ok(())
}
