//! What SQLite does beyond the contract.
mod crashes;
mod opening;
mod plans;
mod reading;

use std::path::{Path, PathBuf};

use domain::{Actor, AuditAction, HostId, NewAuditEntry, Outcome, Timestamp};
use rusqlite::Connection;
use serde_json::json;
use tempfile::TempDir;

use super::{OpenOptions, Sqlite};

/// A folder that goes with the test.
pub(super) struct Folder(TempDir);

impl Folder {
    pub(super) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(super) fn path(&self) -> &Path {
        self.0.path()
    }

    /// Where the database of the test is.
    pub(super) fn database(&self) -> PathBuf {
        self.path().join("bangui.sqlite3")
    }

    pub(super) fn open(&self) -> Sqlite {
        Sqlite::open(OpenOptions::new(self.database())).unwrap()
    }

    /// A connection past the port.
    pub(super) fn connection(&self) -> Connection {
        Connection::open(self.database()).unwrap()
    }
}

/// The rows of a table.
pub(super) fn count(connection: &Connection, table: &str) -> i64 {
    connection
        .query_row(&format!("SELECT count(*) FROM {table}"), [], |row| {
            row.get(0)
        })
        .unwrap()
}

pub(super) fn entry(action: AuditAction, millis: i64) -> NewAuditEntry {
    NewAuditEntry {
        at: Timestamp::from_millis(millis),
        actor: Actor::System,
        address: None,
        action,
        host: Some(HostId::local()),
        target: "sshd".to_owned(),
        outcome: Outcome::Success,
        detail: json!({}),
    }
}

/// Runs as somebody whom permissions bind, also when the tests run as root.
pub(super) fn unprivileged<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    use rustix::thread::{CapabilitySet, CapabilitySets, set_capabilities};
    let none = CapabilitySets {
        effective: CapabilitySet::empty(),
        permitted: CapabilitySet::empty(),
        inheritable: CapabilitySet::empty(),
    };
    // Capabilities are those of a thread: this one ends with the work.
    std::thread::scope(|scope| {
        scope
            .spawn(|| {
                set_capabilities(None, none).unwrap();
                work()
            })
            .join()
            .unwrap()
    })
}
