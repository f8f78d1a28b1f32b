//! What a question sees: one state of the tables, and what was recent in it.
use std::{ops::Deref, sync::Arc};

use domain::StorageError;
use rusqlite::Connection;

use super::{
    names::Jails,
    recent::{Recent, States},
    repeaters::OfDay,
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

    /// Who was banned more than once on a day, in the tables.
    pub(super) fn repeaters(&self, day: i64) -> Result<Arc<OfDay>, StorageError> {
        self.states
            .repeaters(self.connection, self.recent.tables(), day)
    }
}

impl Deref for Moment<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.connection
    }
}
