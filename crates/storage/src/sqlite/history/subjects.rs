//! What is known of each subject, kept with every event.
mod changes;

use std::ops::Range;

use domain::{Place, StorageError};
use rusqlite::{Connection, Row, Rows, Statement, named_params, params};

use super::super::{error::driver, queries};
use super::{
    codes,
    moment::Moment,
    packed,
    recent::{Entry, Failed, Recent},
    remembered::Bytes,
    rollups::Ban,
    selection::Selection,
    subject::Columns,
    time,
};

pub(super) use changes::{Changes, save_part};

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

/// The bans of a subject in the tables, jail by jail.
#[derive(Debug)]
pub(super) struct BansInJails(Vec<BansInJail>);

#[derive(Debug)]
struct BansInJail {
    jail: i64,
    country: i64,
    asn: i64,
    last_at: Option<i64>,
    /// Whether some of its bans had another country or network.
    moved: bool,
    counts: Running,
}

/// Bans by span of the lowest level.
#[derive(Debug, Default)]
struct Running {
    /// Those with bans, ascending.
    spans: Vec<i32>,
    /// Detected bans until each of them, its own included.
    detected: Vec<u32>,
    /// The few others.
    others: Vec<(i32, [u32; 2])>,
}

/// What is kept of a subject.
#[derive(Debug, Default)]
pub(super) struct Kept {
    /// Its selected bans within some spans, and within others.
    pub(super) bans: [u64; 2],
    /// Jails of whose bans only the events tell which were of the selected countries or networks.
    pub(super) moved: Vec<i64>,
    /// Where it was last: when, country and network.
    last: Option<(i64, i64, i64)>,
}

impl BansInJails {
    pub(super) fn read(connection: &Connection, subject: &Columns) -> Result<Self, StorageError> {
        let mut statement = connection
            .prepare_cached(queries::SUBJECTS_BANS)
            .map_err(driver)?;
        let mut rows = rows_of(&mut statement, subject)?;
        let mut bans = Vec::new();
        while let Some(row) = rows.next().map_err(driver)? {
            bans.push(BansInJail {
                jail: row.get(0).map_err(driver)?,
                country: row.get(1).map_err(driver)?,
                asn: row.get(2).map_err(driver)?,
                last_at: row.get(3).map_err(driver)?,
                moved: row.get(4).map_err(driver)?,
                counts: Running::unpack(bytes(row, 5)?)?,
            });
        }
        Ok(Self(bans))
    }

    /// Its selected bans within spans of the lowest level.
    pub(super) fn kept(&self, selection: &Selection, parts: &[Range<i64>; 2]) -> Kept {
        let mut kept = Kept::default();
        for row in &self.0 {
            if let Some(at) = row.last_at {
                kept.was_at((at, row.country, row.asn));
            }
            if !selection.has_jail(row.jail) {
                continue;
            }
            if selection.has_places() && row.moved {
                kept.moved.push(row.jail);
            } else if selection.has_place(row.country, row.asn) {
                for (bans, spans) in kept.bans.iter_mut().zip(parts) {
                    *bans += selection.sum(row.counts.within(spans));
                }
            }
        }
        kept
    }
}

impl Running {
    fn unpack(packed: &[u8]) -> Result<Self, StorageError> {
        let mut running = Self::default();
        let mut sum = 0_u64;
        let mut small = true;
        packed::each(packed, |number, [detected, manual, blocklist]| {
            sum = sum.saturating_add(detected);
            let numbers = (
                i32::try_from(of_number(number)),
                u32::try_from(sum),
                u32::try_from(manual),
                u32::try_from(blocklist),
            );
            let (Ok(span), Ok(sum), Ok(manual), Ok(blocklist)) = numbers else {
                small = false;
                return;
            };
            running.spans.push(span);
            running.detected.push(sum);
            if (manual, blocklist) != (0, 0) {
                running.others.push((span, [manual, blocklist]));
            }
        })?;
        running.spans.shrink_to_fit();
        running.detected.shrink_to_fit();
        if small {
            Ok(running)
        } else {
            Err(codes::inconsistent("a count of bans is too large"))
        }
    }

    /// Bans within some spans, by origin.
    fn within(&self, spans: &Range<i64>) -> packed::Counts {
        let before = |end: i64| {
            let spans = self.spans.partition_point(|span| i64::from(*span) < end);
            let until = spans
                .checked_sub(1)
                .and_then(|last| self.detected.get(last));
            until.copied().map_or(0, u64::from)
        };
        let mut counts = [before(spans.end).saturating_sub(before(spans.start)), 0, 0];
        let others = self.others.iter();
        for (_, more) in others.filter(|(span, _)| spans.contains(&i64::from(*span))) {
            for (count, more) in counts.iter_mut().skip(1).zip(more) {
                *count += u64::from(*more);
            }
        }
        counts
    }

    fn bytes(&self) -> usize {
        self.spans.len() * size_of::<(i32, u32)>()
            + self.others.capacity() * size_of::<(i32, [u32; 2])>()
    }
}

impl Bytes for BansInJails {
    fn bytes(&self) -> usize {
        let rows = self.0.iter();
        rows.map(|row| size_of::<BansInJail>() + row.counts.bytes())
            .sum()
    }
}

impl Kept {
    fn was_at(&mut self, (at, country, asn): (i64, i64, i64)) {
        let newest = self.last.is_none_or(|(last, ..)| last <= at);
        if country != 0 && newest {
            self.last = Some((at, country, asn));
        }
    }

    /// Country and network of what happened to the subject last.
    pub(super) fn place(
        &mut self,
        recent: &Recent,
        subject: &Columns,
    ) -> Result<Place, StorageError> {
        for entry in recent.events_of(subject) {
            if let Some((country, asn)) = entry.known.place() {
                self.was_at((entry.is.at, country, asn));
            }
        }
        let place = self
            .last
            .map(|(_, country, asn)| codes::to_place(country, asn));
        place.unwrap_or_else(|| Ok(Place::default()))
    }
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
