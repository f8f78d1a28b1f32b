//! Rows of the indexes by subject.
use std::ops::ControlFlow;

use domain::StorageError;
use rusqlite::{CachedStatement, Connection, Row, ToSql};

use super::super::error::driver;
use super::{
    places::Place,
    selection::Selection,
    stretches::{PerStretch, Visit},
};

/// An event as the indexes by subject show it.
pub(super) struct Found<'a> {
    pub(super) prefix: u8,
    row: &'a Row<'a>,
}

impl<'a> Found<'a> {
    fn read(row: &'a Row<'a>) -> rusqlite::Result<Self> {
        Ok(Self {
            prefix: row.get(2)?,
            row,
        })
    }

    /// Read of those alone that fit: most of a large network do not.
    pub(super) fn place(&self) -> Place {
        let number = |column| self.row.get(column).unwrap_or_default();
        Place {
            at: number(0),
            id: number(1),
        }
    }

    /// Only what is selected by is read: the columns cost more than the step to the row.
    pub(super) fn fits(&self, selection: &Selection) -> bool {
        let number = |column| self.row.get::<_, i64>(column).unwrap_or(-1);
        (selection.jails.is_none() || selection.has_jail(number(3)))
            && (selection.kinds.is_empty() || selection.has_kind(number(4)))
            && (selection.origins.is_empty() || selection.has_origin(number(5)))
            && (selection.countries.is_empty() || selection.countries.contains(&number(6)))
            && (selection.asns.is_empty() || selection.asns.contains(&number(7)))
    }
}

/// What shows such rows.
pub(super) struct Asked<'a> {
    statement: PerStretch<'a>,
    prefix: u8,
}

impl<'a> Asked<'a> {
    /// Those of wider networks than with this prefix are left out.
    pub(super) fn prepare(
        connection: &'a Connection,
        query: &'static str,
        parameters: &[(&str, &dyn ToSql)],
        prefix: u8,
    ) -> Result<Self, StorageError> {
        Ok(Self {
            statement: PerStretch::prepare(connection, query, parameters)?,
            prefix,
        })
    }

    /// Shows the rows of a stretch until told to stop.
    pub(super) fn in_stretch(
        &mut self,
        stretch: i64,
        take: impl FnMut(&Found<'_>) -> ControlFlow<()>,
    ) -> Result<Visit, StorageError> {
        each(self.statement.of(stretch)?, self.prefix, take)
    }

    /// The same of an index that is not divided.
    pub(super) fn all(
        &mut self,
        take: impl FnMut(&Found<'_>) -> ControlFlow<()>,
    ) -> Result<Visit, StorageError> {
        each(self.statement.whole(), self.prefix, take)
    }
}

fn each(
    statement: &mut CachedStatement<'_>,
    prefix: u8,
    mut take: impl FnMut(&Found<'_>) -> ControlFlow<()>,
) -> Result<Visit, StorageError> {
    let mut rows = statement.raw_query();
    let mut visit = Visit::default();
    while let Some(row) = rows.next().map_err(driver)? {
        visit.found = true;
        let found = Found::read(row).map_err(driver)?;
        if found.prefix >= prefix && take(&found).is_break() {
            visit.enough = true;
            break;
        }
    }
    Ok(visit)
}
