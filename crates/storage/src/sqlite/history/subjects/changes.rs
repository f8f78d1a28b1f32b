//! Working what happened into what is known of subjects.
use std::collections::{BTreeMap, BTreeSet};

use domain::StorageError;
use rusqlite::{Connection, Row, named_params, params};

use super::{
    super::{
        super::{error::driver, queries},
        packed,
        recent::{Entry, Failed},
        rollups::Ban,
        subject::Columns,
        time,
    },
    Change, InJail, OFTEN, numbered, of_number, rows_of,
};

/// Changes of some subjects, worked in together.
#[derive(Debug, Default)]
pub(in super::super) struct Changes(Vec<(Columns, Change)>);

impl Changes {
    pub(in super::super) fn add(&mut self, subject: &Columns, change: Change) {
        self.0.push((*subject, change));
    }

    /// Writes what has changed in the order of subjects; of each, what was added first comes first.
    pub(in super::super) fn save(mut self, connection: &Connection) -> Result<(), StorageError> {
        self.0.sort_by_key(|(subject, _)| *subject);
        let same = |one: &(Columns, Change), other: &(Columns, Change)| one.0 == other.0;
        self.0.chunk_by(same).try_for_each(|changes| {
            let Some((subject, _)) = changes.first() else {
                return Ok(());
            };
            save(
                connection,
                subject,
                changes.iter().map(|(_, change)| change),
            )
        })
    }
}

/// Works in what happened to many subjects, both in the order of these. One after another: the changes of all would take megabytes.
pub(in super::super) fn save_part(
    connection: &Connection,
    mut events: &[Entry],
    mut failures: &[&Failed],
) -> Result<(), StorageError> {
    loop {
        let next = [
            events.first().map(|entry| entry.subject),
            failures.first().map(|failed| failed.subject),
        ];
        let Some(subject) = next.into_iter().flatten().min() else {
            return Ok(());
        };
        let (of_events, later) = split(events, |entry| entry.subject == subject);
        let (of_failures, later_failures) = split(failures, |failed| failed.subject == subject);
        let changes: Vec<Change> = of_events
            .iter()
            .map(Change::of)
            .chain(of_failures.iter().copied().map(Change::failed))
            .collect();
        save(connection, &subject, changes.iter())?;
        (events, failures) = (later, later_failures);
    }
}

/// The first of them that are so, and the rest.
fn split<T>(all: &[T], is_so: impl Fn(&T) -> bool) -> (&[T], &[T]) {
    let end = all.iter().take_while(|one| is_so(one)).count();
    all.split_at_checked(end).unwrap_or_default()
}

/// Works the changes of one subject in.
fn save<'a>(
    connection: &Connection,
    subject: &Columns,
    changes: impl Iterator<Item = &'a Change>,
) -> Result<(), StorageError> {
    let mut statement = connection
        .prepare_cached(queries::SUBJECTS_TO_SAVE)
        .map_err(driver)?;
    let rows = rows_of(&mut statement, subject)?.mapped(Saved::read);
    let mut known: Vec<Saved> = rows.collect::<Result<_, _>>().map_err(driver)?;
    let mut touched = BTreeSet::new();
    let mut days = BTreeSet::new();
    for change in changes {
        take(&mut known, change);
        touched.insert(change.jail);
        days.extend(change.counted.iter().map(|(ban, _)| time::day(ban.at)));
    }
    for row in &mut known {
        if touched.contains(&row.is.jail) {
            row.work_in()?;
            row.save(connection, subject)?;
        }
    }
    if days.is_empty() {
        return Ok(());
    }
    save_days(connection, subject, &known, &days)?;
    save_sum(connection, subject, &known)
}

/// What is saved of a subject in one jail.
#[derive(Debug, Default)]
struct Saved {
    is: InJail,
    /// Whether some counted bans had another country or network than those two.
    moved: bool,
    /// Bans by span of the lowest level.
    counts: Vec<u8>,
    /// Events by stretch of two days.
    stretches: Vec<u8>,
    /// What changes of both, until it is worked in.
    counts_change: Changed,
    stretches_change: Changed,
}

/// Changes of a packed list, in no order.
type Changed = Vec<(u64, packed::Change)>;

impl Saved {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            is: InJail::read(row)?,
            counts: row.get(8)?,
            moved: row.get(9)?,
            stretches: row.get(10)?,
            ..Self::default()
        })
    }

    /// Shows the spans with bans, as far as they are worked in.
    fn each(&self, mut see: impl FnMut(i64, packed::Counts)) -> Result<(), StorageError> {
        packed::each(&self.counts, |number, counts| {
            see(of_number(number), counts);
        })
    }

    /// Takes a change in, but for the lists, whose changes are gathered: to work them in costs as much for one as for many.
    fn take(&mut self, change: &Change) {
        let (had_bans, place_before) = (self.is.bans > 0, (self.is.country, self.is.asn));
        self.is.take(change);
        let place = (self.is.country, self.is.asn);
        let elsewhere = |(ban, by): &(Ban, i64)| *by > 0 && (ban.country, ban.asn) != place;
        self.moved |= (had_bans && place_before != place) || change.counted.iter().any(elsewhere);
        for (ban, by) in &change.counted {
            let mut counts = [0; 3];
            if let Some(slot) = usize::try_from(ban.origin)
                .ok()
                .and_then(|origin| counts.get_mut(origin))
            {
                *slot = *by;
            }
            self.counts_change
                .push((numbered(time::span(ban.at, 0)), counts));
        }
        if change.events > 0 {
            let stretch = time::stretch(change.at, time::STRETCH_OF_ADDRESSES);
            self.stretches_change
                .push((numbered(stretch), [change.events, 0, 0]));
        }
    }

    /// Works in what was gathered.
    fn work_in(&mut self) -> Result<(), StorageError> {
        work_in(&mut self.counts, &mut self.counts_change)?;
        work_in(&mut self.stretches, &mut self.stretches_change)
    }

    fn save(&self, connection: &Connection, subject: &Columns) -> Result<(), StorageError> {
        connection
            .prepare_cached(queries::SUBJECTS_SAVE)
            .and_then(|mut statement| {
                statement.execute(params![
                    subject.address,
                    subject.prefix,
                    subject.text,
                    self.is.jail,
                    self.is.bans,
                    self.is.unbans,
                    self.is.failures,
                    self.is.first_at,
                    self.is.last_at,
                    self.is.country,
                    self.is.asn,
                    self.moved,
                    self.counts,
                    self.stretches,
                ])
            })
            .map(|_| ())
            .map_err(driver)
    }
}

fn work_in(list: &mut Vec<u8>, changed: &mut Changed) -> Result<(), StorageError> {
    if changed.is_empty() {
        return Ok(());
    }
    changed.sort_unstable_by_key(|(number, _)| *number);
    changed.dedup_by(|(number, more), (kept, change)| {
        let same = number == kept;
        if same {
            for (sum, by) in change.iter_mut().zip(more) {
                *sum += *by;
            }
        }
        same
    });
    *list = packed::changed(list, changed)?;
    changed.clear();
    Ok(())
}

/// Takes a change into the row of its jail.
fn take(known: &mut Vec<Saved>, change: &Change) {
    if let Some(row) = known.iter_mut().find(|row| row.is.jail == change.jail) {
        return row.take(change);
    }
    let mut row = Saved {
        is: InJail::none_in(change.jail),
        ..Saved::default()
    };
    row.take(change);
    known.push(row);
}

/// Remembers the days with more than one ban.
fn save_days(
    connection: &Connection,
    subject: &Columns,
    known: &[Saved],
    days: &BTreeSet<i64>,
) -> Result<(), StorageError> {
    let bans: i64 = known.iter().map(|row| row.is.bans).sum();
    if bans < 2 {
        return Ok(());
    }
    let mut sums: BTreeMap<i64, u64> = days.iter().map(|day| (*day, 0)).collect();
    for row in known {
        row.each(|span, counts| {
            if let Some(sum) = sums.get_mut(&time::day_of_span(span)) {
                *sum += counts.iter().sum::<u64>();
            }
        })?;
    }
    for (day, bans) in sums {
        if bans < 2 {
            continue;
        }
        connection
            .prepare_cached(queries::SUBJECTS_REPEATER_SAVE)
            .and_then(|mut statement| {
                statement.execute(named_params! {
                    ":day": day,
                    ":address": subject.address,
                    ":prefix": subject.prefix,
                    ":text": subject.text,
                    ":bans": bans.cast_signed(),
                })
            })
            .map_err(driver)?;
    }
    Ok(())
}

fn save_sum(
    connection: &Connection,
    subject: &Columns,
    known: &[Saved],
) -> Result<(), StorageError> {
    let bans: i64 = known.iter().map(|row| row.is.bans).sum();
    if bans < OFTEN.cast_signed() {
        return Ok(());
    }
    connection
        .prepare_cached(queries::SUBJECTS_OFFENDER_SAVE)
        .and_then(|mut statement| {
            statement.execute(named_params! {
                ":address": subject.address,
                ":prefix": subject.prefix,
                ":text": subject.text,
                ":bans": bans,
            })
        })
        .map(|_| ())
        .map_err(driver)
}
