//! What is known of each subject, kept with every event.
mod changes;
mod kept;

use domain::StorageError;
use rusqlite::{Connection, Row, Rows, Statement, named_params};

use super::super::{error::driver, queries};
use super::{
    codes,
    moment::Moment,
    packed,
    recent::{Entry, Failed},
    rollups::Ban,
    subject::Columns,
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
}

impl InJail {
    /// Nothing yet.
    fn none_in(jail: i64) -> Self {
        Self {
            jail,
            ..Self::default()
        }
    }

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
        })
    }

    /// Takes a change in.
    fn take(&mut self, change: &Change) {
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
    }
}

/// A subject, jail by jail.
pub(super) fn in_jails(
    moment: &Moment<'_>,
    subject: &Columns,
) -> Result<Vec<InJail>, StorageError> {
    let mut statement = moment
        .prepare_cached(queries::SUBJECTS_IN_JAILS)
        .map_err(driver)?;
    let rows = rows_of(&mut statement, subject)?.mapped(InJail::read);
    let mut known: Vec<InJail> = rows.collect::<Result<_, _>>().map_err(driver)?;
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
    let mut row = InJail::none_in(change.jail);
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
