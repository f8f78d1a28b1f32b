//! The contract suite on SQLite.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "the helpers of tests are not tests to clippy"
)]

mod contract;

use domain::Storage;
use storage::{OpenOptions, Sqlite};
use tempfile::TempDir;

/// A database in a folder that goes with it.
struct SqliteBackend {
    storage: Sqlite,
    _folder: TempDir,
}

impl contract::Backend for SqliteBackend {
    fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let storage = Sqlite::open(OpenOptions::new(folder.path().join("bangui.sqlite3"))).unwrap();
        Self {
            storage,
            _folder: folder,
        }
    }

    fn storage(&self) -> &dyn Storage {
        &self.storage
    }
}

contract::contract_tests!(SqliteBackend);
