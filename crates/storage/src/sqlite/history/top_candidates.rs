//! Who may have been banned most often: a few more than are shown, each with the most bans that they may have.
use std::{collections::VecDeque, ops::ControlFlow};

use domain::StorageError;

use super::super::{error::driver, queries};
use super::{
    moment::Moment,
    places::Window,
    ranges,
    recent::{Mark, Marks},
    repeaters::{self, Repeaters},
    selection::Selection,
    stretches::Visit,
    subject::Columns,
    subjects, time,
    top_subjects::{Sums, bans_in_tables, each_in_tables},
};

/// Up to so many bans of a range in the tables, with or without the filter, its events are counted one by one: 2 ms.
const FEW: u64 = 8_000;
/// The same for events that have to be looked up one by one.
const FEW_ROWS: u64 = 2_000;
/// Groups share places where they are marked, and subjects groups: so many times as many as wanted are nearly always enough.
const SPARE_GROUPS: usize = 2;
/// How many are looked at beyond those that are shown.
const SPARE: usize = 40;

/// Who is looked at.
pub(super) struct Candidates {
    /// With the most bans that each may have.
    pub(super) subjects: Vec<(Columns, u64)>,
    /// The most bans that somebody may have who is not among them.
    pub(super) others: u64,
    /// The recent bans, unless all bans were counted and those most are what each has.
    pub(super) lately: Option<Lately>,
}

/// The recent bans of a range.
pub(super) struct Lately {
    marks: Marks,
    /// The bans of each of groups that are marked so many times.
    times: u8,
    bans: Sums,
}

impl Lately {
    /// Counts those of who was banned most often of late.
    fn of(
        moment: &Moment<'_>,
        selection: &Selection,
        range: (i64, i64),
        marks: Marks,
        most: usize,
    ) -> Self {
        let times = marks.times_of(most.saturating_mul(SPARE_GROUPS));
        let mut bans = Sums::default();
        moment
            .recent()
            .each_banned_often(selection, range, (&marks, times), |subject| {
                *bans.entry(subject).or_default() += 1;
            });
        Self { marks, times, bans }
    }

    /// The most recent bans that somebody may have who was not counted.
    fn missed(&self) -> u64 {
        u64::from(self.times) - 1
    }

    /// How many a subject has.
    pub(super) fn bans_of(
        &self,
        moment: &Moment<'_>,
        subject: &Columns,
        selection: &Selection,
        (from, until): (i64, i64),
    ) -> u64 {
        let mark = mark(subject);
        if self.marks.may_have(mark, self.times) {
            return self.bans.get(subject).copied().unwrap_or_default();
        }
        if !self.marks.may_have(mark, 1) {
            return 0;
        }
        moment
            .recent()
            .count_of(subject, selection, &Window::between(from, until))
    }
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
    let is_every = selection.is_all() && selection.origins.is_empty();
    let in_tables = if is_every {
        total.saturating_sub(recent)
    } else {
        // Those that are not meant are gone through too.
        bans_in_tables(moment, &Selection::default(), range)?
    };
    let counted = if in_tables <= FEW {
        let mut in_tables = Vec::new();
        each_in_tables(moment, selection, range, |banned| {
            in_tables.push(banned.subject);
            ControlFlow::Continue(())
        })?;
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
                marks.add(mark(subject));
            }
            return Ok(count(moment, selection, range, (&in_tables, &marks), most));
        }
    }
    often(moment, (selection, range), marks, most)
}

const fn mark(subject: &Columns) -> Mark {
    Mark::of(subject.address.group())
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
    let mut times = marks.times_of(most.saturating_mul(SPARE_GROUPS));
    loop {
        let mut sums = Sums::default();
        let may_have = |subject: &&Columns| marks.may_have(mark(subject), times);
        for subject in in_tables.iter().filter(may_have) {
            *sums.entry(*subject).or_default() += 1;
        }
        recent.each_banned_often(selection, range, (marks, times), |subject| {
            *sums.entry(subject).or_default() += 1;
        });
        // Who is not in the sums was banned fewer times than these.
        let often = sums.values().filter(|bans| **bans >= times.into());
        if times == 1 || often.take(most.saturating_add(1)).count() > most {
            return first(sums, most);
        }
        times /= 2;
    }
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
        lately: None,
    }
}

/// Those who were banned most on a day of the range, and those who were banned most of all.
fn often(
    moment: &Moment<'_>,
    (selection, range): (&Selection, (i64, i64)),
    marks: Marks,
    most: usize,
) -> Result<Candidates, StorageError> {
    let lately = Lately::of(moment, selection, range, marks, most);
    let most_recent = lately.bans.values().copied().max();
    let most_recent = most_recent.unwrap_or_default().max(lately.missed());
    let mut met = Met::of(&lately);
    let days = time::day(range.0)..=time::day(range.1.saturating_sub(1));
    if repeaters::length(&days) > repeaters::MOST_DAYS {
        met.missed = u64::MAX;
    } else {
        met.add(&*moment.repeaters(days)?, most);
    }
    let mut found = first(met.excess, most);
    found.lately = Some(lately);
    found.others = found.others.saturating_add(met.missed);
    for (_, most) in &mut found.subjects {
        *most = most.saturating_add(met.missed);
    }
    add_offenders(moment, most, (selection, range, most_recent), &mut found)?;
    Ok(found)
}

/// Who is met in the lists of a range.
struct Met {
    /// By how many bans each may exceed those who are met nowhere.
    excess: Sums,
    /// The most bans that these may have.
    missed: u64,
}

impl Met {
    /// Those who were banned most often of late.
    fn of(lately: &Lately) -> Self {
        let missed = lately.missed();
        let excess = lately.bans.iter();
        Self {
            excess: excess
                .map(|(subject, bans)| (*subject, bans.saturating_sub(missed)))
                .collect(),
            missed,
        }
    }

    /// Adds who was banned most on each day that the range has a part of: as many of them as may be among the first `most`, and one more.
    fn add(&mut self, repeaters: &Repeaters, most: usize) {
        for (subject, bans) in &mut self.excess {
            *bans += repeaters.excess_of(subject);
        }
        let others = repeaters.in_order();
        let others = others.filter(|(subject, _)| !self.excess.contains_key(subject));
        let others: Vec<(Columns, u64)> = others.take(most.saturating_add(1)).collect();
        self.excess.extend(others);
        self.missed += repeaters.missed;
    }
}

/// Adds those who were banned most of all to those who were found; nobody has more than `most_recent` recent bans.
fn add_offenders(
    moment: &Moment<'_>,
    most: usize,
    (selection, (from, until), most_recent): (&Selection, (i64, i64), u64),
    found: &mut Candidates,
) -> Result<(), StorageError> {
    let rows = i64::try_from(most).unwrap_or(i64::MAX);
    let mut offenders = Vec::new();
    let (count, least) = subjects::listed(
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
    found.others = not_found.min(others.saturating_add(most_recent));
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
            .query_row([place.id], Columns::read)
            .map_err(driver)
    });
    subjects.collect()
}

#[cfg(test)]
mod tests;
