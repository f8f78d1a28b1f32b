//! The folder of BanGUI's own data. One BanGUI uses it at a time: two would each answer from a memory of sessions that the other one changes.
use std::{
    fs::{self, File, TryLockError},
    io,
    os::unix::fs::DirBuilderExt as _,
    path::{Path, PathBuf},
};

use crate::error::Error;

/// The file of the database.
const DATABASE: &str = "bangui.sqlite3";
/// The database holds password hashes.
const MODE: u32 = 0o700;

/// The folder, held until this is dropped or the process ends, however it ends.
pub(crate) struct DataFolder {
    path: PathBuf,
    _held: Option<File>,
}

impl DataFolder {
    /// Makes the folder where it is missing, readable by this user alone, and holds it.
    pub(crate) fn take(path: &Path) -> Result<Self, Error> {
        make(path).map_err(|source| Error::DataFolder {
            path: path.display().to_string(),
            source,
        })?;
        Ok(Self {
            path: path.to_owned(),
            _held: hold(path)?,
        })
    }

    /// Where the database is, or will be.
    pub(crate) fn database(&self) -> PathBuf {
        database_in(&self.path)
    }
}

/// Where the database of a folder is, whoever holds the folder.
pub(crate) fn database_in(folder: &Path) -> PathBuf {
    folder.join(DATABASE)
}

fn make(folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    fs::DirBuilder::new()
        .recursive(true)
        .mode(MODE)
        .create(folder)
}

/// Locks the folder itself: no file is left behind, and a file system that is read-only can be locked too.
///
/// A folder that cannot be opened or locked is left to the database, whose message says what is wrong with it.
fn hold(path: &Path) -> Result<Option<File>, Error> {
    let Ok(folder) = File::open(path) else {
        return Ok(None);
    };
    match folder.try_lock() {
        Ok(()) => Ok(Some(folder)),
        Err(TryLockError::WouldBlock) => Err(Error::DataFolderInUse {
            path: path.display().to_string(),
        }),
        Err(TryLockError::Error(error)) => {
            tracing::warn!(%error, "the data folder cannot be locked: see that only one BanGUI uses it");
            Ok(None)
        }
    }
}
