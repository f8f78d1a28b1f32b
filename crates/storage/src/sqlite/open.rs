//! Connections, and what must be true of the file before there are any.
use std::{
    fs, io,
    os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use rusqlite::{Connection, ErrorCode, OpenFlags, config::DbConfig};
use rustix::fs::{Access, AtFlags, CWD, accessat};

use super::{
    error::{OpenError, opening},
    migrations::{MIGRATIONS, identify, migrate},
};

/// Only the owner: the file holds password hashes.
const MODE: u32 = 0o600;
/// What nobody but the owner may have.
const OTHERS: u32 = 0o077;
/// Of each connection, in KiB. The lists are short; what is beyond is in the system's cache anyway.
const CACHE_KIB: i64 = 1024;
/// Of the connection that writes, in KiB: a batch of events touches some thousand pages, and what does not fit is written twice.
const WRITER_CACHE_KIB: i64 = 8 * 1024;
/// After how many pages in the log it is folded into the file: what changes again until then is written to the file once. Recent events that are worked into the tables
/// are some thousand pages.
const FOLD_AFTER: i64 = 8_000;
/// To what the log is cut after it has been folded into the file, in bytes.
const LOG_LIMIT: i64 = 32 << 20;
/// Prepared statements kept by a connection; more than there are.
const STATEMENTS: usize = 128;

/// A path that cannot mean something else to SQLite, as `:memory:` and `file:…` would.
pub(super) fn absolute(path: &Path) -> Result<PathBuf, OpenError> {
    std::path::absolute(path).map_err(|source| failed(path, source))
}

/// The one connection that writes; the database is then there, ours, and in this version's form.
pub(super) fn writer(path: &Path, patience: Duration) -> Result<Connection, OpenError> {
    prepare_file(path)?;
    let failed = |error| opening(path, error);
    // Without CREATE: SQLite would make the file with a mode of its own.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = connect(path, flags, patience).map_err(failed)?;
    // Before anything is changed: the file may be another program's.
    identify(&connection, path, MIGRATIONS)?;
    keep_private(path);
    if set_journal(&connection, patience).map_err(failed)? != "wal" {
        return Err(OpenError::FileSystem {
            path: path.to_owned(),
        });
    }
    migrate(&mut connection, path, MIGRATIONS)?;
    // FULL: an ended session must not be back after a power cut. One fsync a group of writes.
    for (pragma, value) in [("synchronous", "FULL"), ("foreign_keys", "ON")] {
        connection
            .pragma_update(None, pragma, value)
            .map_err(failed)?;
    }
    connection
        .pragma_update(None, "cache_size", -WRITER_CACHE_KIB)
        .map_err(failed)?;
    // What a command's savepoint needs to undo it; in a file it was a seventh of the intake.
    connection
        .pragma_update(None, "temp_store", "MEMORY")
        .map_err(failed)?;
    connection
        .pragma_update_and_check(None, "wal_autocheckpoint", FOLD_AFTER, |_| Ok(()))
        .map_err(failed)?;
    connection
        .pragma_update_and_check(None, "journal_size_limit", LOG_LIMIT, |_| Ok(()))
        .map_err(failed)?;
    Ok(connection)
}

/// Refuses what the writer would have to make or to bring to this version's form.
pub(super) fn require_this_version(path: &Path, patience: Duration) -> Result<(), OpenError> {
    if fs::metadata(path).is_err_and(|error| error.kind() == io::ErrorKind::NotFound) {
        return Err(OpenError::Missing {
            path: path.to_owned(),
        });
    }
    check_file(path)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = connect(path, flags, patience).map_err(|error| opening(path, error))?;
    let found = identify(&connection, path, MIGRATIONS)?;
    let wanted = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    if found < wanted {
        return Err(OpenError::OlderVersion { found, wanted });
    }
    Ok(())
}

/// Turns the write-ahead log on; answers which kind of journal the database then has.
fn set_journal(connection: &Connection, patience: Duration) -> rusqlite::Result<String> {
    let begun = Instant::now();
    loop {
        let set = connection.pragma_update_and_check(None, "journal_mode", "wal", |row| row.get(0));
        match set {
            // SQLite does not wait here by itself when another process opens the same new database.
            Err(error)
                if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy)
                    && begun.elapsed() < patience =>
            {
                thread::sleep(Duration::from_millis(1));
            }
            set => return set,
        }
    }
}

/// A connection that cannot write.
pub(super) fn reader(path: &Path, patience: Duration) -> Result<Connection, OpenError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    connect(path, flags, patience).map_err(|error| opening(path, error))
}

/// Whether writing is forbidden by now, by permissions or a file system that went read-only.
///
/// Asked without opening the file: closing any descriptor of it would drop the locks that SQLite holds.
pub(super) fn is_read_only(path: &Path) -> bool {
    access(path, Access::WRITE_OK).is_err_and(|error| {
        matches!(
            error.kind(),
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem
        )
    })
}

fn connect(path: &Path, flags: OpenFlags, patience: Duration) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(patience)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    // Otherwise this SQLite, which is built with STAT4, prepares a statement again whenever a value in its WHERE has changed: that was
    // 50 µs a run, more than most statements take.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    Ok(connection)
}

fn prepare_file(path: &Path) -> Result<(), OpenError> {
    let folder = path.parent().unwrap_or(path);
    check_folder(folder)?;
    match fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(MODE)
        .open(path)
    {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => check_file(path),
        Err(error) => Err(denied(folder, error)),
    }
}

fn check_folder(folder: &Path) -> Result<(), OpenError> {
    match fs::metadata(folder) {
        Ok(found) if found.is_dir() => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(OpenError::FolderMissing {
                folder: folder.to_owned(),
            });
        }
        Ok(_) => return Err(wrong_kind(folder, "folder")),
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
            return Err(wrong_kind(folder, "folder"));
        }
        Err(error) => return Err(unreadable(folder, error)),
    }
    access(folder, Access::EXEC_OK).map_err(|error| unreadable(folder, error))?;
    // Also for a file that is there: SQLite keeps two more beside it.
    access(folder, Access::WRITE_OK).map_err(|error| denied(folder, error))
}

fn check_file(path: &Path) -> Result<(), OpenError> {
    let found = fs::metadata(path).map_err(|error| unreadable(path, error))?;
    if !found.is_file() {
        return Err(wrong_kind(path, "file"));
    }
    access(path, Access::READ_OK).map_err(|error| unreadable(path, error))?;
    access(path, Access::WRITE_OK).map_err(|error| denied(path, error))?;
    Ok(())
}

/// Takes away what others may do with the database. A file system that knows no modes is no reason not to start.
fn keep_private(path: &Path) {
    for suffix in ["", "-wal", "-shm"] {
        let mut file = path.as_os_str().to_owned();
        file.push(suffix);
        match restrict(Path::new(&file)) {
            Ok(false) => {}
            Ok(true) => tracing::warn!(
                file.path = %file.display(),
                "the database was open to other users; now it is not"
            ),
            Err(error) => tracing::warn!(
                file.path = %file.display(),
                error = %error,
                "the database is open to other users: set its mode to 0600"
            ),
        }
    }
}

/// Whether the mode of a file had to be changed.
fn restrict(file: &Path) -> io::Result<bool> {
    let found = match fs::metadata(file) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        found => found?,
    };
    if found.permissions().mode() & OTHERS == 0 {
        return Ok(false);
    }
    fs::set_permissions(file, fs::Permissions::from_mode(MODE)).map(|()| true)
}

fn access(path: &Path, wanted: Access) -> io::Result<()> {
    accessat(CWD, path, wanted, AtFlags::EACCESS).map_err(io::Error::from)
}

fn wrong_kind(path: &Path, expected: &'static str) -> OpenError {
    OpenError::WrongKind {
        path: path.to_owned(),
        expected,
    }
}

fn unreadable(path: &Path, error: io::Error) -> OpenError {
    if error.kind() == io::ErrorKind::PermissionDenied {
        return OpenError::Unreadable {
            path: path.to_owned(),
        };
    }
    failed(path, error)
}

fn denied(path: &Path, error: io::Error) -> OpenError {
    let path = path.to_owned();
    match error.kind() {
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            OpenError::ReadOnly { path }
        }
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => OpenError::DiskFull { path },
        _ => failed(&path, error),
    }
}

fn failed(path: &Path, source: io::Error) -> OpenError {
    OpenError::Failed {
        path: path.to_owned(),
        source: Box::new(source),
    }
}
