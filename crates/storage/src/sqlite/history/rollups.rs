//! Bans counted ahead: which rows there are, and how they change.
use domain::StorageError;
use rusqlite::{Connection, OptionalExtension as _, Statement, params};

use super::super::{error::driver, queries};
use super::{packed, time};

/// What a row counts; the numbers are in databases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(i64)]
pub(super) enum Part {
    /// Quarters of all: block.
    Total = 0,
    /// Quarters of a jail: block, jail.
    Jail = 1,
    /// Quarters of a country: block, country, jail.
    Country = 2,
    /// Quarters of a network: block, asn, country, jail.
    Network = 3,
    /// Countries and networks of a jail in a span: level, span, jail, shelf.
    Grid = 4,
    /// One dimension of a span: level, span, [`Share`], shelf.
    Share = 5,
    /// Jails, countries and networks of a quarter: quarter, page of jails.
    Quarter = 6,
    /// Quarters of a country over all jails: block, country.
    WholeCountry = 7,
    /// Quarters of a network over all countries and jails: block, asn.
    WholeNetwork = 8,
}

/// A dimension, or two of them together, whose sums in a span are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(i64)]
pub(super) enum Share {
    Jails = 0,
    Countries = 1,
    Networks = 2,
    /// Each country with each jail.
    CountriesAndJails = 3,
    /// Each country with each network.
    CountriesAndNetworks = 4,
}

/// Which row.
pub(super) type Key = [i64; 4];

/// A ban as what it is counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ban {
    pub(super) at: i64,
    pub(super) jail: i64,
    pub(super) country: i64,
    pub(super) asn: i64,
    /// 0 to 2.
    pub(super) origin: i64,
}

/// Countries of a jail are spread over this many rows, so that one new ban writes little, and one country is read without the others.
const GRID_SHELVES: i64 = 8;
/// Networks likewise.
const NETWORK_SHELVES: i64 = 16;

pub(super) const fn grid_shelf(country: i64) -> i64 {
    // Odd factors: neighbours in the alphabet are neighbours on the Internet, too.
    (country * 5 + (country >> 8) * 3).rem_euclid(GRID_SHELVES)
}

/// Country and network, or country and jail, as one number; by country, so that differences stay small.
pub(super) const fn grid_number(country: i64, item: i64) -> u64 {
    (country << 32 | item).unsigned_abs()
}

/// The country and the other of a number.
pub(super) const fn grid_place(number: u64) -> (i64, i64) {
    (
        (number >> 32).cast_signed(),
        (number & 0xffff_ffff).cast_signed(),
    )
}

/// Jails on a page of a quarter: what is left of a number beside country and network.
const JAILS_OF_PAGE: i64 = 1 << 16;
const PLACE_BITS: u32 = 48;

/// Jail, country and network as one number, and the page that it is on.
fn quarter_number(jail: i64, country: i64, asn: i64) -> (i64, u64) {
    let number = jail.rem_euclid(JAILS_OF_PAGE).unsigned_abs() << PLACE_BITS;
    (
        jail.div_euclid(JAILS_OF_PAGE),
        number | grid_number(country, asn),
    )
}

/// The jail, country and network of a number on a page.
const fn of_quarter_number(page: i64, number: u64) -> (i64, (i64, i64)) {
    let jail = page * JAILS_OF_PAGE + (number >> PLACE_BITS).cast_signed();
    (jail, grid_place(number & ((1 << PLACE_BITS) - 1)))
}

/// Bans to be counted, worked into the rows together.
#[derive(Debug, Default)]
pub(super) struct Changes(Vec<(Ban, i64)>);

/// A change of one number in a row.
type Change = (Key, u64, packed::Change);

impl Changes {
    /// Counts a ban, or takes it back with `by` -1.
    pub(super) fn count(&mut self, ban: &Ban, by: i64) {
        self.0.push((*ban, by));
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Writes what has changed, each row once, in the order of the table.
    pub(super) fn save(self, connection: &Connection) -> Result<(), StorageError> {
        // Taken once: there are some rows a ban.
        let mut read = connection
            .prepare_cached(queries::ROLLUPS_ROW)
            .map_err(driver)?;
        let mut write = connection
            .prepare_cached(queries::ROLLUPS_SAVE)
            .map_err(driver)?;
        // One group of rows after another: all together were ten times the memory, and longer to sort.
        let mut changes: Vec<Change> = Vec::new();
        for (part, level) in groups() {
            for (ban, by) in &self.0 {
                add(part, level, ban, *by, &mut changes);
            }
            changes.sort_unstable();
            for row in changes.chunk_by(|(key, ..), (other, ..)| key == other) {
                save_row((&mut read, &mut write), part, row)?;
            }
            changes.clear();
        }
        Ok(())
    }
}

const BY_QUARTERS: &[Part] = &[Part::Total, Part::Jail, Part::Country, Part::Network];
const LATER: &[Part] = &[Part::Quarter, Part::WholeCountry, Part::WholeNetwork];

/// The parts and their levels, as they lie in the table.
fn groups() -> impl Iterator<Item = (Part, u32)> {
    let of_spans = [Part::Grid, Part::Share].into_iter();
    let of_spans = of_spans.flat_map(|part| (0..=time::TOP_LEVEL).map(move |level| (part, level)));
    let without_levels = |parts: &'static [Part]| parts.iter().map(|part| (*part, 0));
    without_levels(BY_QUARTERS)
        .chain(of_spans)
        .chain(without_levels(LATER))
}

/// What a ban changes in a part.
fn add(part: Part, level: u32, ban: &Ban, by: i64, changes: &mut Vec<Change>) {
    let mut change = [0; 3];
    if let Some(slot) = usize::try_from(ban.origin)
        .ok()
        .and_then(|origin| change.get_mut(origin))
    {
        *slot = by;
    }
    let Ban {
        at,
        jail,
        country,
        asn,
        ..
    } = *ban;
    let (block, quarter) = time::in_block(time::quarter(at));
    let (number, span) = (i64::from(level), time::span(at, level));
    let by_quarter = |key| (key, quarter, change);
    match part {
        Part::Total => changes.push(by_quarter([block, 0, 0, 0])),
        Part::Jail => changes.push(by_quarter([block, jail, 0, 0])),
        Part::Country => changes.push(by_quarter([block, country, jail, 0])),
        Part::Network => changes.push(by_quarter([block, asn, country, jail])),
        Part::WholeCountry => changes.push(by_quarter([block, country, 0, 0])),
        Part::WholeNetwork => changes.push(by_quarter([block, asn, 0, 0])),
        Part::Quarter => {
            let (page, item) = quarter_number(jail, country, asn);
            changes.push(([time::quarter(at), page, 0, 0], item, change));
        }
        Part::Grid => {
            let key = [number, span, jail, grid_shelf(country)];
            changes.push((key, grid_number(country, asn), change));
        }
        Part::Share => changes.extend(
            [
                (Share::Jails, 0, jail),
                (Share::Countries, 0, country),
                (Share::Networks, asn.rem_euclid(NETWORK_SHELVES), asn),
            ]
            .map(|(share, shelf, item)| (share, shelf, item.unsigned_abs()))
            .into_iter()
            .chain(
                [
                    (Share::CountriesAndJails, jail),
                    (Share::CountriesAndNetworks, asn),
                ]
                .map(|(share, item)| (share, grid_shelf(country), grid_number(country, item))),
            )
            .map(|(share, shelf, item)| ([number, span, share as i64, shelf], item, change)),
        ),
    }
}

/// Works changes (of one row, by number) into it.
fn save_row(
    (read, write): (&mut Statement<'_>, &mut Statement<'_>),
    part: Part,
    changes: &[Change],
) -> Result<(), StorageError> {
    let Some((key, ..)) = changes.first().copied() else {
        return Ok(());
    };
    let mut sums: Vec<(u64, packed::Change)> = Vec::with_capacity(changes.len());
    for (_, number, change) in changes {
        match sums.last_mut() {
            Some((last, sum)) if last == number => {
                for (sum, by) in sum.iter_mut().zip(change) {
                    *sum += by;
                }
            }
            _ => sums.push((*number, *change)),
        }
    }
    let [k1, k2, k3, k4] = key;
    let part = part as i64;
    let after = {
        let mut rows = read.query(params![part, k1, k2, k3, k4]).map_err(driver)?;
        match rows.next().map_err(driver)? {
            Some(row) => packed::changed(blob(row.get_ref(0).map_err(driver)?)?, &sums)?,
            None => packed::changed(&[], &sums)?,
        }
    };
    write
        .execute(params![part, k1, k2, k3, k4, after])
        .map(|_| ())
        .map_err(driver)
}

/// Shows the entries of a row.
pub(super) fn each(
    connection: &Connection,
    part: Part,
    key: Key,
    mut see: impl FnMut(u64, packed::Counts),
) -> Result<(), StorageError> {
    row_of(connection, part, key, |counts| {
        packed::each(counts, &mut see)
    })
}

/// Shows a row.
pub(super) fn row_of(
    connection: &Connection,
    part: Part,
    key: Key,
    mut see: impl FnMut(&[u8]) -> Result<(), StorageError>,
) -> Result<(), StorageError> {
    let [k1, k2, k3, k4] = key;
    let mut statement = connection
        .prepare_cached(queries::ROLLUPS_ROW)
        .map_err(driver)?;
    let mut rows = statement
        .query(params![part as i64, k1, k2, k3, k4])
        .map_err(driver)?;
    let Some(row) = rows.next().map_err(driver)? else {
        return Ok(());
    };
    see(blob(row.get_ref(0).map_err(driver)?)?)
}

/// Shows the entries of all rows whose key begins with two or three numbers, with the rest of their keys.
pub(super) fn each_of(
    connection: &Connection,
    part: Part,
    key: (i64, i64, Option<i64>),
    mut see: impl FnMut(i64, i64, u64, packed::Counts),
) -> Result<(), StorageError> {
    rows_of(connection, part, key, |k3, k4, counts| {
        packed::each(counts, |number, counts| see(k3, k4, number, counts))
    })
}

/// Shows all rows whose key begins with two or three numbers, with the rest of their keys.
pub(super) fn rows_of(
    connection: &Connection,
    part: Part,
    (k1, k2, k3): (i64, i64, Option<i64>),
    mut see: impl FnMut(i64, i64, &[u8]) -> Result<(), StorageError>,
) -> Result<(), StorageError> {
    let query = match k3 {
        Some(_) => queries::ROLLUPS_BY_THREE,
        None => queries::ROLLUPS_BY_TWO,
    };
    let mut statement = connection.prepare_cached(query).map_err(driver)?;
    let mut rows = match k3 {
        Some(k3) => statement.query(params![part as i64, k1, k2, k3]),
        None => statement.query(params![part as i64, k1, k2]),
    }
    .map_err(driver)?;
    while let Some(row) = rows.next().map_err(driver)? {
        let k3 = row.get(1).map_err(driver)?;
        let k4 = row.get(2).map_err(driver)?;
        see(k3, k4, blob(row.get_ref(3).map_err(driver)?)?)?;
    }
    Ok(())
}

/// Shows the entries of a span's grid, without the shelves that are not wanted.
pub(super) fn each_shelf(
    connection: &Connection,
    (level, span): (i64, i64),
    wanted: impl Fn(i64) -> bool,
    mut see: impl FnMut(i64, u64, packed::Counts),
) -> Result<(), StorageError> {
    let mut statement = connection
        .prepare_cached(queries::ROLLUPS_BY_TWO)
        .map_err(driver)?;
    let mut rows = statement
        .query(params![Part::Grid as i64, level, span])
        .map_err(driver)?;
    while let Some(row) = rows.next().map_err(driver)? {
        if !wanted(row.get(2).map_err(driver)?) {
            continue;
        }
        let jail = row.get(1).map_err(driver)?;
        packed::each(blob(row.get_ref(3).map_err(driver)?)?, |number, counts| {
            see(jail, number, counts);
        })?;
    }
    Ok(())
}

/// Shows the jail, country and network of all that is counted from one quarter (included) to another (excluded).
pub(super) fn each_of_quarters(
    connection: &Connection,
    (from, until): (i64, i64),
    mut see: impl FnMut(i64, (i64, i64), packed::Counts),
) -> Result<(), StorageError> {
    let mut statement = connection
        .prepare_cached(queries::ROLLUPS_QUARTERS)
        .map_err(driver)?;
    let mut rows = statement
        .query(params![Part::Quarter as i64, from, until])
        .map_err(driver)?;
    while let Some(row) = rows.next().map_err(driver)? {
        let page = row.get(0).map_err(driver)?;
        packed::each(blob(row.get_ref(1).map_err(driver)?)?, |number, counts| {
            let (jail, place) = of_quarter_number(page, number);
            see(jail, place, counts);
        })?;
    }
    Ok(())
}

/// The first and last block with a ban.
pub(super) fn blocks(connection: &Connection) -> Result<Option<(i64, i64)>, StorageError> {
    let ask = |query| {
        connection
            .prepare_cached(query)
            .and_then(|mut statement| {
                statement
                    .query_row([], |row| row.get::<_, i64>(0))
                    .optional()
            })
            .map_err(driver)
    };
    let first = ask(queries::ROLLUPS_FIRST_BLOCK)?;
    let last = ask(queries::ROLLUPS_LAST_BLOCK)?;
    Ok(first.zip(last))
}

fn blob(value: rusqlite::types::ValueRef<'_>) -> Result<&[u8], StorageError> {
    value.as_blob().map_err(|_| StorageError::Inconsistent {
        table: "rollups",
        what: "counts are no bytes",
    })
}

#[cfg(test)]
mod tests;
