//! The database's rows, page by page.
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use domain::Timestamp;
use fail2ban::database::{BanRow, Database, DatabaseError, Mark};

use crate::hear::{
    facts::{Answer, Key, RowFact},
    lines,
};

/// Rows of one answer of the database. It holds a lock of the file while it answers, which the daemon must not wait for: a few milliseconds.
const ROWS: usize = 250;

/// A database that is being read.
#[derive(Debug)]
pub(super) struct RowSource {
    pub(super) path: PathBuf,
    pub(super) open: Option<Database>,
    mark: Mark,
    /// For each answer the mark before it.
    pages: BTreeMap<u64, Mark>,
    next_page: u64,
    pub(super) at_end: bool,
    /// Rows up to this time may have been told before.
    pub(super) again_until: Option<Timestamp>,
    complained: bool,
}

impl RowSource {
    /// The rows behind a mark.
    pub(super) fn new(path: &Path, mark: &Mark) -> Self {
        Self {
            path: path.to_owned(),
            open: None,
            mark: mark.clone(),
            pages: BTreeMap::new(),
            next_page: 0,
            at_end: false,
            again_until: None,
            complained: false,
        }
    }

    /// The next rows, and the number of the answer; `None` when there are none now.
    pub(super) fn read(&mut self, known: Option<Timestamp>) -> Option<(u64, Vec<RowFact>)> {
        match self.try_read(known) {
            Ok(read) => {
                self.complained = false;
                Some(read)
            }
            Err(error) => {
                self.at_end = true;
                // The connection is opened anew where that can help.
                if !matches!(error, DatabaseError::Locked) {
                    self.open = None;
                }
                if !std::mem::replace(&mut self.complained, true) {
                    tracing::warn!(database.path = %self.path.display(), %error, "fail2ban's database cannot be read; its log and its socket are used alone");
                }
                None
            }
        }
    }

    fn try_read(&mut self, known: Option<Timestamp>) -> Result<(u64, Vec<RowFact>), DatabaseError> {
        let database = match &self.open {
            Some(open) => open,
            None => self.open.insert(Database::open(&self.path)?),
        };
        let rows = database.bans_after(&self.mark, ROWS)?;
        if rows.again && self.again_until.is_none() {
            self.again_until = known;
        }
        self.at_end = !rows.more;
        let page = self.next_page;
        if rows.next != self.mark {
            let before = std::mem::replace(&mut self.mark, rows.next);
            self.pages.insert(page, before);
            self.next_page += 1;
        }
        Ok((page, rows.rows.into_iter().filter_map(fact).collect()))
    }

    /// What the database has of a subject in a jail.
    pub(super) fn newest(&mut self, key: &Key) -> Answer {
        let subject = crate::convert::subject(&key.subject);
        let Some(database) = &self.open else {
            return Answer::NoDatabase;
        };
        match database.newest_ban(key.jail.as_str(), &subject) {
            Ok(None) => Answer::Deleted,
            Ok(Some(row)) => Answer::There {
                began: moment(row.time_of_ban),
                seconds: seconds(row.bantime),
            },
            Err(error) => {
                tracing::debug!(%error, "the database did not say why a ban ended");
                Answer::NoDatabase
            }
        }
    }

    /// The mark up to which all rows are told; forgets those before.
    pub(super) fn mark_at(&mut self, oldest: Option<u64>) -> Mark {
        match oldest {
            Some(page) => self.pages = self.pages.split_off(&page),
            None => self.pages.clear(),
        }
        let first = self.pages.first_key_value();
        first.map_or_else(|| self.mark.clone(), |(_, mark)| mark.clone())
    }
}

fn fact(row: BanRow) -> Option<RowFact> {
    Some(RowFact {
        key: lines::key(&row.jail, row.id)?,
        began: moment(row.time_of_ban),
        seconds: seconds(row.bantime),
        count: Some(row.ban_count),
        failures: row.failures,
        lines: row.matches,
    })
}

const fn moment(seconds: i64) -> Timestamp {
    Timestamp::from_millis(0).plus_seconds(seconds)
}

/// -2 is what versions before 0.11 left: not known.
const fn seconds(bantime: i64) -> Option<i64> {
    match bantime {
        -2 => None,
        seconds => Some(seconds),
    }
}
