//! Working what happened into what is known of subjects.
use std::collections::{BTreeMap, BTreeSet};

use domain::StorageError;
use rusqlite::{Connection, named_params};

use super::{
    super::{
        super::{error::driver, queries},
        recent::{Entry, Failed},
        subject::Columns,
        time,
    },
    Change, InJail, OFTEN, in_tables, take,
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
    let mut known = in_tables(
        connection,
        (queries::SUBJECTS_TO_SAVE, InJail::read_whole),
        subject,
    )?;
    let mut touched = BTreeSet::new();
    let mut days = BTreeSet::new();
    for change in changes {
        take(&mut known, change);
        touched.insert(change.jail);
        days.extend(change.counted.iter().map(|(ban, _)| time::day(ban.at)));
    }
    for row in &mut known {
        if touched.contains(&row.jail) {
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

/// Remembers the days with more than one ban.
fn save_days(
    connection: &Connection,
    subject: &Columns,
    known: &[InJail],
    days: &BTreeSet<i64>,
) -> Result<(), StorageError> {
    let bans: i64 = known.iter().map(|row| row.bans).sum();
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
    known: &[InJail],
) -> Result<(), StorageError> {
    let bans: i64 = known.iter().map(|row| row.bans).sum();
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
