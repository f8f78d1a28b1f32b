//! Lists, bans made by hand and the allowlist.
mod allow;
mod lists;
mod networks;
mod own_bans;
mod protected;
mod reads;
mod runs;
mod writes;

use domain::StorageError;

/// A row that this version cannot have written.
const fn inconsistent(table: &'static str, what: &'static str) -> StorageError {
    StorageError::Inconsistent { table, what }
}
