//! Who may have been banned most often: a few more than are shown, each with the most bans that they may have.
use std::collections::VecDeque;

use domain::StorageError;
use rusqlite::Connection;

use super::super::{error::driver, queries};
use super::{
    moment::Moment,
    places::Window,
    ranges,
    recent::Marks,
    selection::Selection,
    stretches::Visit,
    subject::Columns,
    subjects, time,
    top_subjects::{Sums, bans_in_all, each_in_tables},
};

/// Up to so many bans of a range in the tables, with or without the filter, its events are counted one by one: 2 ms.
const FEW: u64 = 8_000;
/// The same for events that have to be looked up one by one.
const FEW_ROWS: u64 = 2_000;
/// Rows that are read of the days of a range.
const DAY_ROWS: i64 = 2_000;
/// Longer ranges are answered from those who were banned most of all.
const MOST_DAYS: i64 = 400;
/// How many are looked at beyond those that are shown.
const SPARE: usize = 40;

/// Who is looked at.
pub(super) struct Candidates {
    /// With the most bans that each may have.
    pub(super) subjects: Vec<(Columns, u64)>,
    /// The most bans that somebody may have who is not among them.
    pub(super) others: u64,
    /// Whether those most are what each has.
    pub(super) counted: bool,
}

/// Looks for those who may have the most bans of a range, of which there are `total`; some more than `limit`.
pub(super) fn find(
    moment: &Moment<'_>,
    selection: &Selection,
    range: (i64, i64),
    (total, limit): (u64, usize),
) -> Result<Candidates, StorageError> {
    let most = limit.saturating_add(SPARE);
    let mut marks = Marks::default();
    let recent = moment.recent().mark_banned(selection, range, &mut marks);
    let counted = if bans_in_tables(moment, selection, range, (total, recent))? <= FEW {
        let mut in_tables = Vec::new();
        each_in_tables(moment, selection, range, |subject| in_tables.push(subject))?;
        Some(in_tables)
    } else if total <= FEW_ROWS {
        Some(looked_up(moment, selection, range)?)
    } else {
        None
    };
    if let Some(in_tables) = counted {
        let bans = recent.saturating_add(u64::try_from(in_tables.len()).unwrap_or(u64::MAX));
        // What was forgotten is found in the lists of days still.
        if bans >= total {
            for subject in &in_tables {
                marks.add(subject.address.group());
            }
            return Ok(count(moment, selection, range, (&in_tables, &marks), most));
        }
    }
    often(moment, (selection, range), &marks, most)
}

/// Those with the most of all selected bans.
fn count(
    moment: &Moment<'_>,
    selection: &Selection,
    range: (i64, i64),
    (in_tables, marks): (&[Columns], &Marks),
    most: usize,
) -> Candidates {
    let recent = moment.recent();
    let mut again = Sums::default();
    let may_be_again = |subject: &&Columns| marks.may_be_again(subject.address.group());
    for subject in in_tables.iter().filter(may_be_again) {
        *again.entry(*subject).or_default() += 1;
    }
    recent.each_banned_again(selection, range, marks, |subject| {
        *again.entry(subject).or_default() += 1;
    });
    // Most of many were banned once, and there are enough others.
    let is_enough = again.values().filter(|bans| **bans > 1).nth(most).is_some();
    let sums = if is_enough {
        again
    } else {
        let mut sums = Sums::default();
        for subject in in_tables {
            *sums.entry(*subject).or_default() += 1;
        }
        recent.each_banned(selection, range, |subject| {
            *sums.entry(subject).or_default() += 1;
        });
        sums
    };
    Candidates {
        counted: true,
        ..first(sums, most)
    }
}

/// All bans of a range in the tables, which would be gone through; what is recent costs little to look at.
fn bans_in_tables(
    moment: &Moment<'_>,
    selection: &Selection,
    (from, until): (i64, i64),
    (total, recent): (u64, u64),
) -> Result<u64, StorageError> {
    if selection.is_all() && selection.origins.is_empty() {
        return Ok(total.saturating_sub(recent));
    }
    let every = Selection::default();
    let mut recent = 0;
    moment
        .recent()
        .each_ban(&every, (from, until), |_| recent += 1);
    Ok(bans_in_all(moment, &every, from, until)?.saturating_sub(recent))
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
    (selection, (from, until)): (&Selection, (i64, i64)),
    marks: &Marks,
    most: usize,
) -> Result<Candidates, StorageError> {
    let (first_day, last_day) = (time::day(from), time::day(until.saturating_sub(1)));
    let days = last_day.saturating_sub(first_day).saturating_add(1);
    let mut sums = Sums::default();
    let mut missed = u64::MAX;
    if days <= MOST_DAYS {
        let rows = (DAY_ROWS / days.max(1)).clamp(5, 300);
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
    // The lists are of what is in the tables. Who is recent only once is not worth a place among thousands.
    moment
        .recent()
        .each_banned_again(selection, (from, until), marks, |subject| {
            *sums.entry(subject).or_default() += 1;
        });
    missed = missed.saturating_add(1);
    let mut found = first(sums, most);
    // Who is not found has at most so many recent ones.
    let cut = found.others;
    found.others = cut.saturating_add(missed);
    for (_, most) in &mut found.subjects {
        *most = most.saturating_add(missed);
    }
    add_offenders(moment, most, (selection, (from, until), cut), &mut found)?;
    Ok(found)
}

/// Adds those who were banned most of all to those who were found; who was not has at most `cut` recent bans, or a single one, which was not looked at.
fn add_offenders(
    moment: &Moment<'_>,
    most: usize,
    (selection, (from, until), cut): (&Selection, (i64, i64), u64),
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
    found.others = not_found.min(others.saturating_add(cut.max(1)));
    let known: foldhash::HashMap<Columns, usize> = found
        .subjects
        .iter()
        .map(|(subject, _)| *subject)
        .zip(0..)
        .collect();
    let window = Window::between(from, until);
    for (subject, ever) in offenders {
        let recent = moment.recent().count_of(&subject, selection, &window);
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

/// The subjects of few bans in the tables, each looked up by its key.
fn looked_up(
    moment: &Moment<'_>,
    selection: &Selection,
    (from, until): (i64, i64),
) -> Result<Vec<Columns>, StorageError> {
    let jails = moment.jails()?;
    let window = Window::between(from, until);
    let limit = usize::try_from(FEW_ROWS).unwrap_or(usize::MAX);
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
    let subjects = places.into_iter().map(|place| {
        statement
            .query_row([place.id], |row| {
                Ok(Columns {
                    address: row.get(0)?,
                    prefix: row.get(1)?,
                    text: row.get(2)?,
                })
            })
            .map_err(driver)
    });
    subjects.collect()
}
