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
}

/// A dimension whose sums in a span are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(i64)]
pub(super) enum Share {
    Jails = 0,
    Countries = 1,
    Networks = 2,
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

/// Country and network as one number; by country, so that differences stay small.
pub(super) const fn grid_number(country: i64, asn: i64) -> u64 {
    (country << 32 | asn).unsigned_abs()
}

/// The country and network of a number.
pub(super) const fn grid_place(number: u64) -> (i64, i64) {
    (
        (number >> 32).cast_signed(),
        (number & 0xffff_ffff).cast_signed(),
    )
}

/// Changes of many rows, worked in together.
#[derive(Debug, Default)]
pub(super) struct Changes(Vec<(Part, Key, u64, packed::Change)>);

impl Changes {
    /// Counts a ban, or takes it back with `by` -1.
    pub(super) fn count(&mut self, ban: &Ban, by: i64) {
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
        for (part, key) in [
            (Part::Total, [block, 0, 0, 0]),
            (Part::Jail, [block, jail, 0, 0]),
            (Part::Country, [block, country, jail, 0]),
            (Part::Network, [block, asn, country, jail]),
        ] {
            self.0.push((part, key, quarter, change));
        }
        for level in 0..=time::TOP_LEVEL {
            let (number, span) = (i64::from(level), time::span(at, level));
            let grid = [number, span, jail, grid_shelf(country)];
            self.0
                .push((Part::Grid, grid, grid_number(country, asn), change));
            if level == 0 {
                // Of a lowest span the grid is small enough for every question.
                continue;
            }
            for (share, shelf, item) in [
                (Share::Jails, 0, jail),
                (Share::Countries, 0, country),
                (Share::Networks, asn.rem_euclid(NETWORK_SHELVES), asn),
            ] {
                let key = [number, span, share as i64, shelf];
                self.0.push((Part::Share, key, item.unsigned_abs(), change));
            }
        }
    }

    /// Writes what has changed, each row once.
    pub(super) fn save(mut self, connection: &Connection) -> Result<(), StorageError> {
        self.0.sort_unstable();
        // Taken once: there are some rows a ban.
        let mut read = connection
            .prepare_cached(queries::ROLLUPS_ROW)
            .map_err(driver)?;
        let mut write = connection
            .prepare_cached(queries::ROLLUPS_SAVE)
            .map_err(driver)?;
        for row in self
            .0
            .chunk_by(|(part, key, ..), (other, other_key, ..)| part == other && key == other_key)
        {
            save_row(&mut read, &mut write, row)?;
        }
        Ok(())
    }
}

/// Works changes (of one row, by number) into it.
fn save_row(
    read: &mut Statement<'_>,
    write: &mut Statement<'_>,
    changes: &[(Part, Key, u64, packed::Change)],
) -> Result<(), StorageError> {
    let Some((part, key, ..)) = changes.first().copied() else {
        return Ok(());
    };
    let mut sums: Vec<(u64, packed::Change)> = Vec::with_capacity(changes.len());
    for (_, _, number, change) in changes {
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
