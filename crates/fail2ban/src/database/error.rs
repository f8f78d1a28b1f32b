//! Why the database does not answer.

use std::io;

use rusqlite::ErrorCode;

/// Why the database does not answer, by what a caller can do about it.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// There is no such file: fail2ban has not made it yet, or keeps none.
    #[error("there is no database file")]
    Missing,
    /// The file may not be read by this process.
    #[error("the database may not be read")]
    NoPermission,
    /// The daemon wrote for longer than a statement waits. Ask again later.
    #[error("the database is locked")]
    Locked,
    /// The file is something else, or damaged. The daemon repairs it at its next start.
    #[error("the file is not a database of fail2ban's")]
    NotADatabase,
    /// The tables are of a version that is not known.
    #[error("the database has the unknown version {0}")]
    UnknownSchema(i64),
    /// Under the path is another file now, or the tables changed: open it again.
    #[error("the database was replaced")]
    Replaced,
    /// Anything else.
    #[error("the database could not be read: {0}")]
    Other(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl DatabaseError {
    pub(super) fn file(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Self::Missing,
            io::ErrorKind::PermissionDenied => Self::NoPermission,
            io::ErrorKind::IsADirectory => Self::NotADatabase,
            kind => Self::Other(Box::new(io::Error::new(kind, error.to_string()))),
        }
    }
}

impl From<rusqlite::Error> for DatabaseError {
    fn from(error: rusqlite::Error) -> Self {
        match &error {
            // The table with the version is empty.
            rusqlite::Error::QueryReturnedNoRows => return Self::NotADatabase,
            rusqlite::Error::SqliteFailure(failure, text) => match failure.code {
                ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => return Self::Locked,
                ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt => return Self::NotADatabase,
                ErrorCode::PermissionDenied => return Self::NoPermission,
                ErrorCode::CannotOpen => return Self::Missing,
                ErrorCode::SchemaChanged => return Self::Replaced,
                ErrorCode::Unknown if names_missing_table(text.as_deref()) => {
                    return Self::NotADatabase;
                }
                _ => {}
            },
            rusqlite::Error::SqlInputError { msg, .. } if names_missing_table(Some(msg)) => {
                return Self::NotADatabase;
            }
            _ => {}
        }
        Self::Other(Box::new(error))
    }
}

fn names_missing_table(text: Option<&str>) -> bool {
    text.is_some_and(|text| text.contains("no such table"))
}
