//! The rows of `logs`.

use super::bans::{text, whole};
use super::{Database, DatabaseError};

/// How far fail2ban has read a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogPosition {
    /// The jail.
    pub jail: String,
    /// The path; `systemd-journal` for the journal.
    pub path: String,
    /// SHA-1 of the file's first line in hexadecimal (MD5 before 0.11), which tells whether it is the file that was read; empty for an empty file.
    pub first_line_hash: Option<String>,
    /// How far, in bytes; for the journal a time in seconds. Written lazily: by the second at best, and at stops.
    pub position: Option<u64>,
}

impl Database {
    /// How far each jail has read each of its logs, as far as fail2ban has noted it; also of jails that no longer run. At most 10,000.
    pub fn log_positions(&self) -> Result<Vec<LogPosition>, DatabaseError> {
        self.same_file()?;
        let mut statement = self
            .connection
            .prepare_cached("SELECT jail, path, firstlinemd5, lastfilepos FROM logs LIMIT 10000")?;
        let rows = statement.query_map([], |row| {
            Ok(LogPosition {
                jail: text(row.get_ref(0)?),
                path: text(row.get_ref(1)?),
                first_line_hash: Some(text(row.get_ref(2)?)).filter(|hash| !hash.is_empty()),
                position: whole(row.get_ref(3)?).and_then(|position| u64::try_from(position).ok()),
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
