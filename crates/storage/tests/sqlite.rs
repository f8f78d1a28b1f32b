//! The contract suite on SQLite.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "the helpers of tests are not tests to clippy"
)]

mod contract;

use contract::Backend;
use domain::Storage;
use storage::{OpenOptions, Sqlite};
use tempfile::TempDir;

/// A database in a folder that goes with it.
struct SqliteBackend {
    storage: Sqlite,
    _folder: TempDir,
}

impl Backend for SqliteBackend {
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

/// The same where recent events are worked into the tables all the time, so that questions find them here, there and half-way.
mod hardly_anything_recent {
    use super::{Backend, OpenOptions, Sqlite, SqliteBackend, Storage, contract};

    struct Settling(SqliteBackend);

    impl Backend for Settling {
        fn open() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let options = OpenOptions {
                recent: 40,
                ..OpenOptions::new(folder.path().join("bangui.sqlite3"))
            };
            Self(SqliteBackend {
                storage: Sqlite::open(options).unwrap(),
                _folder: folder,
            })
        }

        fn storage(&self) -> &dyn Storage {
            self.0.storage()
        }
    }

    contract::contract_tests!(Settling);
}
