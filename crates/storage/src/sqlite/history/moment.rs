//! What a question sees: one state of the tables, and what was recent in it.
use std::{ops::Deref, sync::Arc};

use domain::StorageError;
use rusqlite::Connection;

use super::recent::{Recent, States};

/// A read transaction with what belongs to it.
pub(super) struct Moment<'a> {
    connection: &'a Connection,
    recent: Arc<Recent>,
}

impl<'a> Moment<'a> {
    /// The moment of a connection's transaction.
    pub(super) fn of(connection: &'a Connection, states: &States) -> Result<Self, StorageError> {
        Ok(Self {
            connection,
            recent: states.seen(connection)?,
        })
    }

    pub(super) fn recent(&self) -> &Recent {
        &self.recent
    }
}

impl Deref for Moment<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.connection
    }
}
