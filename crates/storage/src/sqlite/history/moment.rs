//! What a question sees: one state of the tables, and what was recent in it.
use std::{
    ops::{Deref, Range, RangeInclusive},
    sync::Arc,
};

use domain::StorageError;
use rusqlite::Connection;

use super::{
    cuts::OfSpan,
    day_sums::DaySums,
    names::Jails,
    recent::{Recent, States},
    repeaters::Repeaters,
    rollups::Share,
    subject::Columns,
    subjects::BansInJails,
};

/// A read transaction with what belongs to it.
pub(super) struct Moment<'a> {
    connection: &'a Connection,
    states: &'a States,
    recent: Arc<Recent>,
}

impl<'a> Moment<'a> {
    /// The moment of a connection's transaction.
    pub(super) fn of(connection: &'a Connection, states: &'a States) -> Result<Self, StorageError> {
        Ok(Self {
            connection,
            states,
            recent: states.seen(connection)?,
        })
    }

    pub(super) fn recent(&self) -> &Recent {
        &self.recent
    }

    /// All jails that it has, and perhaps some that came later.
    pub(super) fn jails(&self) -> Result<Arc<Jails>, StorageError> {
        self.states.jails(self.connection)
    }

    /// Who was banned more than once on some days, in the tables.
    pub(super) fn repeaters(
        &self,
        days: RangeInclusive<i64>,
    ) -> Result<Arc<Repeaters>, StorageError> {
        self.states.remembered().repeaters(self.tables(), days)
    }

    /// The bans of a subject in the tables.
    pub(super) fn bans_of(&self, subject: &Columns) -> Result<Arc<BansInJails>, StorageError> {
        self.states.remembered().bans_of(self.tables(), subject)
    }

    /// The bans of a span of the lowest level in the tables.
    pub(super) fn bans_of_span(&self, span: i64) -> Result<Arc<OfSpan>, StorageError> {
        self.states.remembered().bans_of_span(self.tables(), span)
    }

    /// The bans of some days in the tables by one dimension.
    pub(super) fn sums(
        &self,
        share: Share,
        days: Range<i64>,
    ) -> Result<Arc<DaySums>, StorageError> {
        self.states.remembered().sums(self.tables(), share, days)
    }

    fn tables(&self) -> (&Connection, i64) {
        (self.connection, self.recent.tables())
    }
}

impl Deref for Moment<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.connection
    }
}
