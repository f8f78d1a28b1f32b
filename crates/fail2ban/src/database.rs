//! Reads fail2ban's own database, without ever being in its way.
//!
//! Everything here blocks: call it where blocking is allowed. The daemon gives up a ban when it waits five seconds for a reader, so each question is one short
//! statement whose rows are fetched at once, and no transaction stays open between two questions.

mod bans;
mod data;
mod error;
mod rows;

use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};
use serde::{Deserialize, Serialize};

pub use bans::{BanRow, MAX_MATCH_BYTES, MAX_MATCHES, MAX_ROWS, Mark, Rows};
pub use error::DatabaseError;
pub use rows::LogPosition;

/// How long a statement waits while the daemon writes; its transactions take less than a millisecond.
const BUSY_TIMEOUT: Duration = Duration::from_secs(3);

/// Which file it is: another one under the same path is another database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FileIdentity {
    /// The device.
    pub device: u64,
    /// The inode.
    pub inode: u64,
}

impl FileIdentity {
    /// Of the file under a path.
    pub fn of(path: &Path) -> Result<Self, DatabaseError> {
        let metadata = std::fs::metadata(path).map_err(|error| DatabaseError::file(&error))?;
        if !metadata.is_file() {
            return Err(DatabaseError::NotADatabase);
        }
        Ok(Self {
            device: metadata.dev(),
            inode: metadata.ino(),
        })
    }
}

/// fail2ban's database, open for reading.
#[derive(Debug)]
pub struct Database {
    connection: Connection,
    path: PathBuf,
    identity: FileIdentity,
}

impl Database {
    /// Opens the file for reading only; it is neither made nor changed.
    pub fn open(path: &Path) -> Result<Self, DatabaseError> {
        let identity = FileIdentity::of(path)?;
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
            | OpenFlags::SQLITE_OPEN_NO_MUTEX
            | OpenFlags::SQLITE_OPEN_URI;
        let connection = Connection::open_with_flags(address(path), flags)
            .map_err(|error| why_not_opened(path, error.into()))?;
        connection.busy_timeout(BUSY_TIMEOUT)?;
        let database = Self {
            connection,
            path: path.to_owned(),
            identity,
        };
        database
            .schema_version()
            .map_err(|error| why_not_opened(path, error))?;
        database.same_file()?;
        Ok(database)
    }

    /// Which file is open.
    #[must_use]
    pub const fn identity(&self) -> FileIdentity {
        self.identity
    }

    /// The version of its tables: 1 to 4. A newer one is an error, because nobody knows what its columns mean.
    pub fn schema_version(&self) -> Result<u32, DatabaseError> {
        let version: i64 =
            self.connection
                .query_row("SELECT version FROM fail2banDb LIMIT 1", [], |row| {
                    row.get(0)
                })?;
        match u32::try_from(version) {
            Ok(known @ 1..=4) => Ok(known),
            _ => Err(DatabaseError::UnknownSchema(version)),
        }
    }

    /// That the path still leads to the open file: a repair moves the file away, and what is open then never changes again.
    fn same_file(&self) -> Result<(), DatabaseError> {
        match FileIdentity::of(&self.path) {
            Ok(identity) if identity == self.identity => Ok(()),
            Ok(_) | Err(DatabaseError::Missing) => Err(DatabaseError::Replaced),
            Err(error) => Err(error),
        }
    }
}

/// SQLite tells that it cannot open, the system tells why.
///
/// Only after a failure: closing the file takes away the locks of this process's other connections to it.
fn why_not_opened(path: &Path, error: DatabaseError) -> DatabaseError {
    match (error, std::fs::File::open(path)) {
        (DatabaseError::Missing, Err(why)) => DatabaseError::file(&why),
        (error, _) => error,
    }
}

/// The path as SQLite's URI, which alone can say "read only, and do not make it".
fn address(path: &Path) -> String {
    use std::fmt::Write as _;
    use std::os::unix::ffi::OsStrExt as _;

    let mut address = String::from("file:");
    for byte in path.as_os_str().as_bytes() {
        match byte {
            b'/' | b'.' | b'-' | b'_' => address.push(char::from(*byte)),
            byte if byte.is_ascii_alphanumeric() => address.push(char::from(*byte)),
            byte => {
                let _ = write!(address, "%{byte:02X}");
            }
        }
    }
    address.push_str("?mode=ro");
    address
}
