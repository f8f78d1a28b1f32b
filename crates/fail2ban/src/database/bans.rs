//! The rows of `bans`, each once.

use rusqlite::types::ValueRef;
use rusqlite::{Row, params, params_from_iter};
use serde::{Deserialize, Serialize};

use super::data::BanData;
use super::{Database, DatabaseError, FileIdentity};
use crate::Subject;

/// The most rows of one answer.
pub const MAX_ROWS: usize = 1_000;

/// The most matched lines that are kept of a ban: the last ones.
pub const MAX_MATCHES: usize = 20;

/// What is kept of a matched line, in bytes.
pub const MAX_MATCH_BYTES: usize = 2_048;

/// How many of the newest rows a mark remembers.
const ANCHORS: usize = 24;

/// A ban as fail2ban stored it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BanRow {
    /// The key; freed by deletions and then given again.
    pub rowid: i64,
    /// The jail.
    pub jail: String,
    /// Who.
    pub id: Subject,
    /// The time of the last failure, or of the order, in seconds (UTC).
    pub time_of_ban: i64,
    /// How long the ban lasts, in seconds; -1 for ever, -2 unknown (taken over from versions before 0.11).
    pub bantime: i64,
    /// The how manieth ban it is; grows only with `bantime.increment`.
    pub ban_count: u32,
    /// The matched lines, at most [`MAX_MATCHES`] of [`MAX_MATCH_BYTES`]. Hostile text.
    pub matches: Vec<String>,
    /// How many failures led to it; 0 for bans by hand; `None` where it is not told.
    pub failures: Option<u32>,
    /// The name that was tried, where the filter finds one. Hostile text.
    pub user: Option<String>,
}

/// How far the rows have been read: the newest rows that were, by key and fingerprint. The default is the beginning.
///
/// Deleting the newest rows (each unban by hand does) frees their keys for rows to come, so a key alone says nothing. As long as one of the remembered rows is
/// there, all rows behind the newest such row are new, and all rows before it are known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Mark {
    file: Option<FileIdentity>,
    /// Ascending keys, each with the fingerprint of its row.
    anchors: Vec<(i64, u32)>,
}

impl Mark {
    /// The key of the newest row that was read.
    #[must_use]
    pub fn rowid(&self) -> Option<i64> {
        self.anchors.last().map(|(rowid, _)| *rowid)
    }

    /// The file whose rows were read.
    #[must_use]
    pub const fn file(&self) -> Option<FileIdentity> {
        self.file
    }

    fn then(mut anchors: Vec<(i64, u32)>, file: FileIdentity, read: &[(i64, u32)]) -> Self {
        anchors.extend_from_slice(read);
        let surplus = anchors.len().saturating_sub(ANCHORS);
        anchors.drain(..surplus);
        Self {
            file: Some(file),
            anchors,
        }
    }
}

/// An answer with rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rows {
    /// The rows, in the order of their keys.
    pub rows: Vec<BanRow>,
    /// How far they go.
    pub next: Mark,
    /// Whether there may be more.
    pub more: bool,
    /// Whether rows that were told before may be among these and those that follow: none of the remembered rows is left, or the file is another one, so all rows are told again.
    pub again: bool,
}

impl Database {
    /// The rows since `mark`, at most `limit` and [`MAX_ROWS`].
    ///
    /// No row is lost, and none comes twice, unless `again` says so. Rows without a name are left out.
    pub fn bans_after(&self, mark: &Mark, limit: usize) -> Result<Rows, DatabaseError> {
        self.same_file()?;
        // Both questions must see the same rows; the transaction ends with this call, after at most `MAX_ROWS` rows.
        let transaction = self.connection.unchecked_transaction()?;
        let anchors = if mark.file == Some(self.identity) {
            self.standing(&mark.anchors)?
        } else {
            Vec::new()
        };
        let after = anchors.last().map_or(i64::MIN, |(rowid, _)| *rowid);
        let limit = limit.clamp(1, MAX_ROWS);
        let mut rows = Vec::new();
        let mut read = Vec::new();
        let mut statement = self.connection.prepare_cached(self.rows_after()?)?;
        let mut found =
            statement.query(params![after, i64::try_from(limit).unwrap_or(i64::MAX)])?;
        while let Some(row) = found.next()? {
            let ban = ban_row(row)?;
            read.push((ban.rowid, fingerprint(row)?));
            rows.push(ban);
        }
        drop(found);
        drop(statement);
        transaction.finish()?;
        let more = rows.len() == limit;
        rows.retain(|row| row.id != Subject::Other(String::new()));
        Ok(Rows {
            again: anchors.is_empty() && *mark != Mark::default() && mark.rowid().is_some(),
            next: Mark::then(anchors, self.identity, &read),
            more,
            rows,
        })
    }

    /// Whether any ban of this name in this jail is stored: unbanning by hand deletes them all, the end of its time does not.
    pub fn has_ban(&self, jail: &str, id: &Subject) -> Result<bool, DatabaseError> {
        self.same_file()?;
        let mut statement = self
            .connection
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM bans WHERE jail = ?1 AND ip = ?2)")?;
        Ok(statement.query_row(params![jail, id.to_string()], |row| row.get(0))?)
    }

    /// The newest stored ban of this name in this jail.
    pub fn newest_ban(&self, jail: &str, id: &Subject) -> Result<Option<BanRow>, DatabaseError> {
        self.same_file()?;
        let text = if self.schema_version()? < 3 {
            "SELECT rowid, jail, ip, timeofban, -2, 1, data FROM bans \
             WHERE jail = ?1 AND ip = ?2 ORDER BY timeofban DESC, rowid DESC LIMIT 1"
        } else {
            "SELECT rowid, jail, ip, timeofban, bantime, bancount, data FROM bans \
             WHERE jail = ?1 AND ip = ?2 ORDER BY timeofban DESC, rowid DESC LIMIT 1"
        };
        let mut statement = self.connection.prepare_cached(text)?;
        let mut found = statement.query(params![jail, id.to_string()])?;
        Ok(found.next()?.map(ban_row).transpose()?)
    }

    /// The anchors up to the newest one whose row is still there.
    fn standing(&self, anchors: &[(i64, u32)]) -> Result<Vec<(i64, u32)>, DatabaseError> {
        // Always as many parameters, so that the statement is prepared once; NULL is no row's key.
        let keys = anchors
            .iter()
            .map(|(rowid, _)| Some(*rowid))
            .chain(std::iter::repeat(None))
            .take(ANCHORS);
        let mut statement = self.connection.prepare_cached(
            "SELECT rowid, jail, ip, timeofban FROM bans WHERE rowid IN \
             (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, \
              ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24)",
        )?;
        let mut found = statement.query(params_from_iter(keys))?;
        let mut standing = Vec::new();
        while let Some(row) = found.next()? {
            let anchor = (row.get(0)?, fingerprint(row)?);
            if anchors.contains(&anchor) {
                standing.push(anchor);
            }
        }
        standing.sort_unstable();
        Ok(standing)
    }

    fn rows_after(&self) -> Result<&'static str, DatabaseError> {
        Ok(if self.schema_version()? < 3 {
            "SELECT rowid, jail, ip, timeofban, -2, 1, data FROM bans WHERE rowid > ?1 ORDER BY rowid LIMIT ?2"
        } else {
            "SELECT rowid, jail, ip, timeofban, bantime, bancount, data FROM bans WHERE rowid > ?1 ORDER BY rowid LIMIT ?2"
        })
    }
}

fn ban_row(row: &Row<'_>) -> Result<BanRow, rusqlite::Error> {
    let data = BanData::read(row.get_ref(6)?);
    Ok(BanRow {
        rowid: row.get(0)?,
        jail: text(row.get_ref(1)?),
        id: Subject::parse(&text(row.get_ref(2)?)),
        time_of_ban: whole(row.get_ref(3)?).unwrap_or(0),
        bantime: whole(row.get_ref(4)?).unwrap_or(-2),
        ban_count: whole(row.get_ref(5)?)
            .and_then(|count| u32::try_from(count).ok())
            .unwrap_or(1),
        matches: data.matches,
        failures: data.failures,
        user: data.user,
    })
}

/// What makes a row itself, in 32 bits: FNV-1a, because it must be the same after an upgrade of this program.
fn fingerprint(row: &Row<'_>) -> Result<u32, rusqlite::Error> {
    let jail = text(row.get_ref(1)?);
    let id = text(row.get_ref(2)?);
    let time = whole(row.get_ref(3)?).unwrap_or(0);
    let parts = [jail.as_bytes(), &[0], id.as_bytes(), &time.to_le_bytes()];
    let bytes = parts.into_iter().flatten();
    Ok(bytes.fold(0x811c_9dc5, |hash: u32, byte| {
        (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193)
    }))
}

/// Text, however it is stored; bad bytes are replaced.
pub(super) fn text(column: ValueRef<'_>) -> String {
    match column {
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => {
            String::from_utf8_lossy(bytes).into_owned()
        }
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => number.to_string(),
        ValueRef::Null => String::new(),
    }
}

/// A whole number; times were stored with fractions by the first versions.
pub(super) fn whole(column: ValueRef<'_>) -> Option<i64> {
    match column {
        ValueRef::Integer(number) => Some(number),
        ValueRef::Real(number) if number.abs() < 1e15 => format!("{number:.0}").parse().ok(),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => {
            std::str::from_utf8(bytes).ok()?.trim().parse().ok()
        }
        ValueRef::Real(_) | ValueRef::Null => None,
    }
}
