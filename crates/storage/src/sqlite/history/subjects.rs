//! What is known of each subject, kept with every event.
mod changes;
mod kept;

use domain::StorageError;
use rusqlite::{Connection, Row, Rows, Statement, named_params, params};

use super::super::{error::driver, queries};
use super::{
    codes,
    moment::Moment,
    packed,
    recent::{Entry, Failed},
    rollups::Ban,
    subject::Columns,
    time,
};

pub(super) use changes::{Changes, save_part};
pub(super) use kept::{BansInJails, Kept};

/// From how many bans on a subject is among the offenders.
pub(super) const OFTEN: u64 = 10;
/// Numbers of packed lists are not negative, spans and stretches before 1970 are.
const BASE: i64 = 1 << 40;

const fn numbered(time: i64) -> u64 {
    (time + BASE).cast_unsigned()
}

const fn of_number(number: u64) -> i64 {
    number.cast_signed() - BASE
}

/// Something that happened to a subject in a jail.
#[derive(Debug, Clone, Default)]
pub(super) struct Change {
    pub(super) jail: i64,
    pub(super) bans: i64,
    pub(super) unbans: i64,
    pub(super) failures: i64,
    /// Events that are new.
    pub(super) events: i64,
    /// When, if it is an event.
    pub(super) event_at: Option<i64>,
    /// When, whatever it is.
    pub(super) at: i64,
    /// Country and network, if they are known.
    pub(super) place: Option<(i64, i64)>,
    /// Bans counted or taken back.
    pub(super) counted: Vec<(Ban, i64)>,
}

impl Change {
    /// What an event changes.
    pub(super) fn of(entry: &Entry) -> Self {
        let is = |code| i64::from(entry.is.kind == code);
        Self {
            jail: entry.is.jail,
            bans: is(codes::BAN),
            unbans: is(codes::UNBAN),
            events: 1,
            event_at: Some(entry.is.at),
            at: entry.is.at,
            place: entry.known.place(),
            counted: entry.ban().map(|ban| (ban, 1)).into_iter().collect(),
            ..Self::default()
        }
    }

    /// What failures change.
    pub(super) fn failed(failed: &Failed) -> Self {
        Self {
            jail: failed.jail,
            failures: failed.count,
            at: failed.last_at,
            ..Self::default()
        }
    }
}

/// What is known of a subject in one jail.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct InJail {
    pub(super) jail: i64,
    pub(super) bans: i64,
    pub(super) unbans: i64,
    pub(super) failures: i64,
    pub(super) first_at: Option<i64>,
    pub(super) last_at: Option<i64>,
    pub(super) country: i64,
    pub(super) asn: i64,
    /// Whether some counted bans had another country or network than those two; known to who writes alone.
    moved: bool,
    /// Bans by span of the lowest level; known, as what follows, to who writes alone.
    counts: Vec<u8>,
    /// Events by stretch of two days.
    stretches: Vec<u8>,
    /// What changes of both, until it is worked in.
    counts_change: Changed,
    stretches_change: Changed,
}

/// Changes of a packed list, in no order.
type Changed = Vec<(u64, packed::Change)>;

impl InJail {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            jail: row.get(0)?,
            bans: row.get(1)?,
            unbans: row.get(2)?,
            failures: row.get(3)?,
            first_at: row.get(4)?,
            last_at: row.get(5)?,
            country: row.get(6)?,
            asn: row.get(7)?,
            ..Self::default()
        })
    }

    fn read_whole(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            counts: row.get(8)?,
            moved: row.get(9)?,
            stretches: row.get(10)?,
            ..Self::read(row)?
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
        let (had_bans, place_before) = (self.bans > 0, (self.country, self.asn));
        self.bans += change.bans;
        self.unbans += change.unbans;
        self.failures += change.failures;
        if let Some(at) = change.event_at {
            self.first_at = Some(self.first_at.map_or(at, |first| first.min(at)));
        }
        let newest = self.last_at.is_none_or(|last| last <= change.at);
        if let Some((country, asn)) = change.place
            && (newest || self.country == 0)
        {
            (self.country, self.asn) = (country, asn);
        }
        self.last_at = self.last_at.max(Some(change.at));
        let place = (self.country, self.asn);
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
                    self.jail,
                    self.bans,
                    self.unbans,
                    self.failures,
                    self.first_at,
                    self.last_at,
                    self.country,
                    self.asn,
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

/// A subject, jail by jail.
pub(super) fn in_jails(
    moment: &Moment<'_>,
    subject: &Columns,
) -> Result<Vec<InJail>, StorageError> {
    let mut known = in_tables(moment, (queries::SUBJECTS_IN_JAILS, InJail::read), subject)?;
    for entry in moment.recent().events_of(subject) {
        take(&mut known, &Change::of(&entry));
    }
    for failed in moment.recent().failures_of(subject) {
        take(&mut known, &Change::failed(failed));
    }
    Ok(known)
}

/// Shows the subjects of a list; how many there were, and the bans of the last.
pub(super) fn listed(
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
        let subject = Columns::read(row).map_err(driver)?;
        least = row.get::<_, i64>(3).map_err(driver)?.unsigned_abs();
        count += 1;
        see(subject, least);
    }
    Ok((count, least))
}

/// Takes a change into the row of its jail.
fn take(known: &mut Vec<InJail>, change: &Change) {
    if let Some(row) = known.iter_mut().find(|row| row.jail == change.jail) {
        return row.take(change);
    }
    let mut row = InJail {
        jail: change.jail,
        ..InJail::default()
    };
    row.take(change);
    known.push(row);
}

/// In which stretches of two days there are events of a subject in the tables, ascending. What was stored before there were such lists is not in them
/// ([`Recent::stretches_from`](super::recent::Recent::stretches_from)).
pub(super) fn stretches(
    connection: &Connection,
    subject: &Columns,
) -> Result<Vec<i64>, StorageError> {
    let mut statement = connection
        .prepare_cached(queries::SUBJECTS_STRETCHES)
        .map_err(driver)?;
    let mut rows = rows_of(&mut statement, subject)?;
    let mut stretches = Vec::new();
    while let Some(row) = rows.next().map_err(driver)? {
        each_stretch(row, |stretch, _| stretches.push(stretch))?;
    }
    stretches.sort_unstable();
    stretches.dedup();
    Ok(stretches)
}

/// Shows the stretches of a row that begins with them, each with its events.
pub(super) fn each_stretch(
    row: &Row<'_>,
    mut see: impl FnMut(i64, u64),
) -> Result<(), StorageError> {
    packed::each(bytes(row, 0)?, |number, [events, ..]| {
        see(of_number(number), events);
    })
}

/// A packed list of a row.
fn bytes<'a>(row: &'a Row<'_>, column: usize) -> Result<&'a [u8], StorageError> {
    let bytes = row.get_ref(column).map_err(driver)?;
    bytes
        .as_blob()
        .map_err(|_| codes::inconsistent("a packed list is no bytes"))
}

/// The rows of a subject, one a jail.
fn rows_of<'a>(
    statement: &'a mut Statement<'_>,
    subject: &Columns,
) -> Result<Rows<'a>, StorageError> {
    statement
        .query(named_params! {
            ":address": subject.address, ":prefix": subject.prefix, ":text": subject.text
        })
        .map_err(driver)
}

/// How a row is asked for and read.
type Reading = (&'static str, fn(&Row<'_>) -> rusqlite::Result<InJail>);

fn in_tables(
    connection: &Connection,
    (query, read): Reading,
    subject: &Columns,
) -> Result<Vec<InJail>, StorageError> {
    let mut statement = connection.prepare_cached(query).map_err(driver)?;
    rows_of(&mut statement, subject)?
        .mapped(read)
        .collect::<Result<_, _>>()
        .map_err(driver)
}
