//! What SQLite says, in the words of the port.
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
};

use domain::StorageError;
use rusqlite::{ErrorCode, ffi};

/// Why a database was not opened. Each says what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The folder of the file does not exist.
    #[error(
        "the folder {} does not exist: create it (mkdir -p), or set another path for the database",
        folder.display()
    )]
    FolderMissing {
        /// The folder.
        folder: PathBuf,
    },
    /// The path, or the folder in it, is something else.
    #[error(
        "{} is not a {expected}: set the path of the database to a file in a folder that exists",
        path.display()
    )]
    WrongKind {
        /// What is in the way.
        path: PathBuf,
        /// What should be there: "file" or "folder".
        expected: &'static str,
    },
    /// The file or its folder cannot be read.
    #[error(
        "{} cannot be read by this user: give the database and its folder to the user that BanGUI runs as (chown)",
        path.display()
    )]
    Unreadable {
        /// What cannot be read.
        path: PathBuf,
    },
    /// The file, its folder or the file system cannot be written.
    #[error(
        "{} cannot be written: give the database and its folder to the user that BanGUI runs as (chown), \
         and see that the file system is not mounted read-only",
        path.display()
    )]
    ReadOnly {
        /// What cannot be written.
        path: PathBuf,
    },
    /// The file is not a SQLite database.
    #[error("{} is not a database: set another path, or move the file away to begin anew", path.display())]
    NotADatabase {
        /// The file.
        path: PathBuf,
    },
    /// The file is another program's database, such as fail2ban's own.
    #[error(
        "{} is the database of another program: set a path of BanGUI's own for its database",
        path.display()
    )]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// The file is a database, and broken.
    #[error("{} is damaged: put a backup in its place, or move it away to begin anew", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
    },
    /// A newer BanGUI has written the database.
    #[error(
        "the database has version {found}, and this BanGUI knows versions up to {supported}: \
         install the BanGUI that wrote it or a newer one, or put back a backup from before the upgrade"
    )]
    NewerVersion {
        /// The version of the database.
        found: i64,
        /// The newest that this program knows.
        supported: i64,
    },
    /// There is no database, and none is to be made.
    #[error("there is no database {}", path.display())]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// An older BanGUI has written the database, and it is to be taken as it is.
    #[error(
        "the database has version {found}, and this BanGUI uses version {wanted}: start `bangui serve` once, which brings it up to date"
    )]
    OlderVersion {
        /// The version of the database.
        found: i64,
        /// The version of this program.
        wanted: i64,
    },
    /// Another process holds the database.
    #[error(
        "{} is held by another process: see that only one BanGUI uses it (fuser shows which processes do)",
        path.display()
    )]
    Busy {
        /// The file.
        path: PathBuf,
    },
    /// No room for the database.
    #[error("the disk of {} is full: free some space", path.display())]
    DiskFull {
        /// The file.
        path: PathBuf,
    },
    /// The file system lacks what a write-ahead log needs.
    #[error(
        "the file system of {} cannot hold a database with a write-ahead log: use a local disk, not a network share",
        path.display()
    )]
    FileSystem {
        /// The file.
        path: PathBuf,
    },
    /// A migration went wrong; nothing of it was kept.
    #[error(
        "the database could not be brought to version {version}, and stays as it was: report this with its cause"
    )]
    Migration {
        /// To which version.
        version: i64,
        /// What went wrong.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Anything else.
    #[error("{} could not be opened", path.display())]
    Failed {
        /// The file.
        path: PathBuf,
        /// What went wrong.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// What an error of SQLite means while opening `path`.
pub(super) fn opening(path: &Path, error: rusqlite::Error) -> OpenError {
    let path = path.to_owned();
    match code(&error) {
        Some(ErrorCode::NotADatabase) => OpenError::NotADatabase { path },
        Some(ErrorCode::DatabaseCorrupt) => OpenError::Damaged { path },
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => OpenError::Busy { path },
        Some(ErrorCode::ReadOnly) => OpenError::ReadOnly { path },
        Some(ErrorCode::DiskFull) => OpenError::DiskFull { path },
        Some(ErrorCode::PermissionDenied) => OpenError::Unreadable { path },
        _ => OpenError::Failed {
            path,
            source: Box::new(error),
        },
    }
}

/// What an error of SQLite means for a caller of the port.
pub(super) fn driver(error: rusqlite::Error) -> StorageError {
    match code(&error) {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StorageError::Busy,
        Some(ErrorCode::ReadOnly) => StorageError::ReadOnly,
        Some(ErrorCode::DiskFull) => StorageError::DiskFull,
        _ => StorageError::Driver(Box::new(error)),
    }
}

fn code(error: &rusqlite::Error) -> Option<ErrorCode> {
    let failure = error.sqlite_error()?;
    // Measured on a full tmpfs: the index of the log is the one file whose growth SQLite does not report as a full disk.
    if failure.extended_code == ffi::SQLITE_IOERR_SHMSIZE {
        return Some(ErrorCode::DiskFull);
    }
    Some(failure.code)
}

/// Whether SQLite met an error of the file system that has no meaning of its own.
pub(super) fn is_io(error: &StorageError) -> bool {
    let StorageError::Driver(cause) = error else {
        return false;
    };
    cause
        .downcast_ref::<rusqlite::Error>()
        .and_then(rusqlite::Error::sqlite_error_code)
        .is_some_and(|code| matches!(code, ErrorCode::SystemIoFailure | ErrorCode::CannotOpen))
}

/// Does something whose bug must not end the thread that others need too.
pub(super) fn unpanicked<T>(
    what: &'static str,
    work: impl FnOnce() -> Result<T, StorageError>,
) -> Result<T, StorageError> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(StorageError::Driver(what.into())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(extended_code: i32) -> rusqlite::Error {
        rusqlite::Error::SqliteFailure(ffi::Error::new(extended_code), None)
    }

    #[test]
    fn errors_that_a_caller_can_act_on_are_told_apart() {
        for (extended_code, shown) in [
            (ffi::SQLITE_BUSY, "Busy"),
            (ffi::SQLITE_BUSY_SNAPSHOT, "Busy"),
            (ffi::SQLITE_LOCKED_SHAREDCACHE, "Busy"),
            (ffi::SQLITE_READONLY_DBMOVED, "ReadOnly"),
            (ffi::SQLITE_FULL, "DiskFull"),
            (ffi::SQLITE_IOERR_SHMSIZE, "DiskFull"),
        ] {
            assert_eq!(format!("{:?}", driver(failure(extended_code))), shown);
            let opened = format!("{:?}", opening(Path::new("x"), failure(extended_code)));
            assert!(opened.starts_with(shown), "{opened}");
        }
        let other = driver(failure(ffi::SQLITE_IOERR_READ));
        assert!(is_io(&other), "{other:?}");
        let other = driver(failure(ffi::SQLITE_CONSTRAINT_UNIQUE));
        assert!(matches!(other, StorageError::Driver(_)) && !is_io(&other));
    }
}
