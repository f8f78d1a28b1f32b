//! Who was banned most often.
//!
//! Every count that is shown is exact: it comes from what is kept of the subject. Who is looked at is found by counting events where there are
//! few, and otherwise among those who were banned most on a day of the range, and those who were banned most of all.
use std::{cmp::Reverse, collections::VecDeque};

use domain::{Counted, DimensionValue, StorageError, Top};
use rusqlite::{Connection, named_params};

use super::super::{error::driver, queries};
use super::{
    bans, codes,
    moment::Moment,
    names,
    places::Window,
    ranges,
    selection::Selection,
    stretch::Stretch,
    stretches::Visit,
    subject::Columns,
    subjects::{self, InJail},
    time,
};

/// Up to so many bans of a range in the tables, with or without the filter, its events are counted one by one: 2 ms.
const FEW: u64 = 8_000;
/// The same for events that have to be looked up one by one.
const FEW_ROWS: u64 = 2_000;
/// Rows that are read of the days of a range.
const DAY_ROWS: i64 = 3_000;
/// Longer ranges are answered from those who were banned most of all.
const MOST_DAYS: i64 = 400;
/// How many are looked at beyond those that are shown.
const SPARE: usize = 64;

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
    let mut found = candidates(moment, selection, (from, until), (total, limit))?;
    let mut now = Stretch::new(from, until);
    if !found.counted && !selection.is_narrowed() {
        now.count_ends(moment, selection)?;
    }
    // Equals in the order in which they were found, which depends on nothing but what is stored.
    found.subjects.sort_by_key(|(_, most)| Reverse(*most));
    let mut first: Vec<(u64, Columns, Vec<InJail>)> = Vec::new();
    for (subject, most) in found.subjects {
        let least = limit.checked_sub(1).and_then(|last| first.get(last));
        // Who has as many comes after those that are there.
        if least.is_some_and(|(least, ..)| most <= *least) {
            break;
        }
        let known = subjects::in_jails(moment, &subject)?;
        let bans = if found.counted {
            most
        } else {
            now.bans_of(moment, &subject, &known, selection)?
        };
        if bans > 0 {
            let place = first.partition_point(|(other, ..)| *other >= bans);
            first.insert(place, (bans, subject, known));
            first.truncate(limit);
        }
    }
    for (bans, subject, known) in first {
        top.items.push(Counted {
            value: value(moment, &subject, &known)?,
            bans,
            previous: previous.bans_of(moment, &subject, &known, selection)?,
        });
    }
    let listed: u64 = top.items.iter().map(|item| item.bans).sum();
    let least = top.items.last().map_or(0, |item| item.bans);
    top.exact = listed == total || (top.items.len() == limit && least >= found.others);
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

fn value(
    moment: &Moment<'_>,
    subject: &Columns,
    known: &[InJail],
) -> Result<DimensionValue, StorageError> {
    let place = known
        .iter()
        .max_by_key(|row| row.last_at)
        .map_or(Ok(domain::Place::default()), |row| {
            codes::to_place(row.country, row.asn)
        })?;
    let subject = subject.subject(|| names::text(moment, subject.text))?;
    Ok(DimensionValue::Subject(subject, place))
}

/// Who is looked at.
struct Candidates {
    /// With the most bans that each may have.
    subjects: Vec<(Columns, u64)>,
    /// The most bans that somebody may have who is not among them.
    others: u64,
    /// Whether those most are what each has.
    counted: bool,
}

fn candidates(
    moment: &Moment<'_>,
    selection: &Selection,
    (from, until): (i64, i64),
    (total, limit): (u64, usize),
) -> Result<Candidates, StorageError> {
    let sums = if bans_in_tables(moment, selection, (from, until), total)? <= FEW {
        let mut sums = Sums::default();
        each_banned(moment, selection, from, until, |subject| {
            *sums.entry(subject).or_default() += 1;
        })?;
        Some(sums)
    } else if total <= FEW_ROWS {
        Some(looked_up(moment, selection, from, until)?)
    } else {
        None
    };
    let most = limit.saturating_add(SPARE);
    if let Some(sums) = sums {
        // What was forgotten is found in the lists of days still.
        let complete = sums.values().sum::<u64>() >= total;
        let mut counted = first(sums, most);
        counted.counted = complete;
        if complete {
            return Ok(counted);
        }
    }
    often(moment, (from, until), most)
}

/// Bans of a range in the tables, those included that are selected by nothing but their origin; what is recent costs little to look at.
fn bans_in_tables(
    moment: &Moment<'_>,
    selection: &Selection,
    (from, until): (i64, i64),
    total: u64,
) -> Result<u64, StorageError> {
    let of_origins = Selection {
        origins: selection.origins.clone(),
        ..Selection::default()
    };
    let all = if selection.is_all() {
        total
    } else {
        bans_in_all(moment, &of_origins, from, until)?
    };
    let mut recent = 0;
    moment
        .recent()
        .each_ban(&of_origins, (from, until), |_| recent += 1);
    Ok(all.saturating_sub(recent))
}

/// The `most` with the largest sums.
fn first(sums: Sums, most: usize) -> Candidates {
    let mut sums: Vec<(Columns, u64)> = sums.into_iter().collect();
    let order = |(one, sum): &(Columns, u64), (other, other_sum): &(Columns, u64)| {
        other_sum.cmp(sum).then_with(|| one.cmp(other))
    };
    let mut others = 0;
    if sums.len() > most {
        let (_, (_, next), _) = sums.select_nth_unstable_by(most, order);
        others = *next;
        sums.truncate(most);
    }
    sums.sort_unstable_by(order);
    Candidates {
        subjects: sums,
        others,
        counted: false,
    }
}

/// Those who were banned most on a day of the range, and those who were banned most of all.
fn often(
    moment: &Moment<'_>,
    (from, until): (i64, i64),
    most: usize,
) -> Result<Candidates, StorageError> {
    let (first_day, last_day) = (time::day(from), time::day(until.saturating_sub(1)));
    let days = last_day.saturating_sub(first_day).saturating_add(1);
    let mut sums = Sums::default();
    let mut missed = u64::MAX;
    if days <= MOST_DAYS {
        let rows = (DAY_ROWS / days.max(1)).clamp(10, 500);
        missed = 0;
        for day in first_day..=last_day {
            let parameters = [day, rows];
            let (count, least) = listed(
                moment,
                queries::SUBJECTS_REPEATERS,
                &parameters,
                |subject, bans| {
                    *sums.entry(subject).or_default() += bans;
                },
            )?;
            // Who is not in a list that ends early was banned at most once that day.
            missed += if count == rows { least } else { 1 };
        }
    }
    // The lists are of what is in the tables.
    moment
        .recent()
        .each_banned(&Selection::default(), (from, until), |subject| {
            *sums.entry(subject).or_default() += 1;
        });
    let mut found = first(sums, most);
    // Who is not found has at most so many recent ones.
    let cut = found.others;
    found.others = cut.saturating_add(missed);
    for (_, most) in &mut found.subjects {
        *most = most.saturating_add(missed);
    }
    add_offenders(moment, most, ((from, until), cut), &mut found)?;
    Ok(found)
}

/// Adds those who were banned most of all to those who were found; who was not has at most `cut` recent bans.
fn add_offenders(
    moment: &Moment<'_>,
    most: usize,
    ((from, until), cut): ((i64, i64), u64),
    found: &mut Candidates,
) -> Result<(), StorageError> {
    let rows = i64::try_from(most).unwrap_or(i64::MAX);
    let mut offenders = Vec::new();
    let (count, least) = listed(
        moment,
        queries::SUBJECTS_OFFENDERS,
        &[rows],
        |subject, bans| offenders.push((subject, bans)),
    )?;
    let others = if count == rows {
        least
    } else {
        subjects::OFTEN - 1
    };
    let not_found = found.others;
    found.others = not_found.min(others.saturating_add(cut));
    let known: foldhash::HashMap<Columns, usize> = found
        .subjects
        .iter()
        .map(|(subject, _)| *subject)
        .zip(0..)
        .collect();
    let bans = Selection {
        kinds: vec![codes::BAN],
        ..Selection::default()
    };
    let window = Window::between(from, until);
    for (subject, ever) in offenders {
        let recent = moment.recent().count_of(&subject, &bans, &window);
        let most = ever.saturating_add(recent);
        match known
            .get(&subject)
            .and_then(|place| found.subjects.get_mut(*place))
        {
            Some((_, bans)) => *bans = most.min(*bans),
            None => found.subjects.push((subject, most.min(not_found))),
        }
    }
    Ok(())
}

/// Shows the subjects of a list; how many there were, and the bans of the last.
fn listed(
    connection: &Connection,
    query: &'static str,
    parameters: &[i64],
    mut see: impl FnMut(Columns, u64),
) -> Result<(i64, u64), StorageError> {
    let mut statement = connection.prepare_cached(query).map_err(driver)?;
    let mut rows = statement
        .query(rusqlite::params_from_iter(parameters))
        .map_err(driver)?;
    let (mut count, mut least) = (0, 0);
    while let Some(row) = rows.next().map_err(driver)? {
        let subject = Columns {
            address: row.get(0).map_err(driver)?,
            prefix: row.get(1).map_err(driver)?,
            text: row.get(2).map_err(driver)?,
        };
        least = row.get::<_, i64>(3).map_err(driver)?.unsigned_abs();
        count += 1;
        see(subject, least);
    }
    Ok((count, least))
}

/// Sums of few bans, each looked up by its key.
fn looked_up(
    moment: &Moment<'_>,
    selection: &Selection,
    from: i64,
    until: i64,
) -> Result<Sums, StorageError> {
    let jails = moment.jails()?;
    let window = Window::between(from, until);
    let limit = usize::try_from(FEW_ROWS).unwrap_or(usize::MAX);
    let mut sums = Sums::default();
    let mut places = VecDeque::new();
    ranges::each(moment, selection, &jails, &window, |ranges| {
        let before = places.len();
        for range in ranges {
            range.places(moment, &window, limit, &mut places)?;
        }
        Ok(Visit {
            found: places.len() > before,
            enough: false,
        })
    })?;
    let mut statement = moment
        .prepare_cached(queries::EVENTS_SUBJECT)
        .map_err(driver)?;
    for place in places {
        let subject = statement
            .query_row([place.id], |row| {
                Ok(Columns {
                    address: row.get(0)?,
                    prefix: row.get(1)?,
                    text: row.get(2)?,
                })
            })
            .map_err(driver)?;
        *sums.entry(subject).or_default() += 1;
    }
    moment
        .recent()
        .each_banned(selection, (from, until), |subject| {
            *sums.entry(subject).or_default() += 1;
        });
    Ok(sums)
}

/// Shows the subject of every selected ban from a moment (included) until another (excluded).
pub(super) fn each_banned(
    moment: &Moment<'_>,
    selection: &Selection,
    from: i64,
    until: i64,
    mut see: impl FnMut(Columns),
) -> Result<(), StorageError> {
    let mut place = moment
        .prepare_cached(queries::EVENTS_PLACE)
        .map_err(driver)?;
    let mut statement = moment
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
    moment.recent().each_banned(selection, (from, until), see);
    Ok(())
}
