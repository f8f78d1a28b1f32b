//! The files as they mean, read once and kept for as long as they stay as they are.
use std::{
    collections::HashMap,
    fs,
    os::unix::fs::MetadataExt as _,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
};

use domain::{DaemonState, Timestamp};
use fail2ban::{
    Version,
    config::{
        Config, Tree,
        check::Memory,
        files::{Disk, Kind, ReadError, Sources},
    },
};

use super::items::Entry;
use crate::{core::Core, mirror::on_disk};

/// The version that files are read for while no daemon says its own.
const NEWEST: &str = "1.1.0";

/// Reads the configuration, and again when it changed.
#[derive(Default)]
pub(crate) struct ConfigReader {
    last: Mutex<Option<Arc<Reading>>>,
    /// What was said of expressions.
    pub(super) memory: Memory,
}

/// The configuration at one moment.
pub(crate) struct Reading {
    /// What it means.
    pub(crate) config: Config,
    /// The files that it was read from.
    pub(crate) files: Arc<Seen>,
    version: Version,
    /// The list of its items, once somebody asked.
    pub(super) entries: OnceLock<Vec<Entry>>,
}

impl ConfigReader {
    /// The configuration as it is now; the last one if nothing changed. Waits for the disk.
    pub(crate) fn read(&self, dir: &Path, version: &Version) -> Arc<Reading> {
        // Held while it is read: a second asker waits for the same answer.
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(reading) = &*last
            && reading.version == *version
            && reading.files.are_as_seen()
        {
            return Arc::clone(reading);
        }
        let known = last.as_ref().map(|reading| reading.files.trees());
        let files = Arc::new(Seen::new(dir, known.unwrap_or_default()));
        let reading = Arc::new(Reading {
            config: Config::read(files.clone(), version),
            files,
            version: version.clone(),
            entries: OnceLock::new(),
        });
        *last = Some(Arc::clone(&reading));
        reading
    }
}

/// The configuration as it is now, and when that was.
pub(crate) async fn now(core: &Arc<Core>) -> (Arc<Reading>, Timestamp) {
    let version = version(core);
    let own = Arc::clone(core);
    let at = core.config.clock.now();
    let read = move || own.config_reader.read(&own.config.config_dir, &version);
    (on_disk(read).await, at)
}

/// The version that reads the files.
pub(crate) fn version(core: &Core) -> Version {
    match &core.snapshot().daemon {
        DaemonState::Up { version } => Version::parse(version),
        _ => Version::parse(NEWEST),
    }
}

/// Which state of a file was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp {
    device: u64,
    inode: u64,
    size: u64,
    modified: (i64, i64),
    /// Renames and changed permissions show here alone.
    changed: (i64, i64),
}

/// `None` where nothing can be looked at.
fn stamp(path: &str) -> Option<Stamp> {
    let found = fs::metadata(path).ok()?;
    Some(Stamp {
        device: found.dev(),
        inode: found.ino(),
        size: found.size(),
        modified: (found.mtime(), found.mtime_nsec()),
        changed: (found.ctime(), found.ctime_nsec()),
    })
}

type Read1 = Result<Arc<Tree>, ReadError>;
type Trees = HashMap<String, (Option<Stamp>, Read1)>;

/// Files on disk that remember what they were asked, so that one can ask whether the answers are still true.
pub(crate) struct Seen {
    disk: Disk,
    /// Files of an earlier reading, taken again where they did not change.
    known: Trees,
    answers: Mutex<Answers>,
}

#[derive(Default)]
struct Answers {
    trees: Trees,
    names: HashMap<String, Option<Vec<String>>>,
    kinds: HashMap<String, Option<Kind>>,
    present: HashMap<String, bool>,
}

impl Seen {
    fn new(dir: &Path, known: Trees) -> Self {
        Self {
            disk: Disk::new(&dir.to_string_lossy()),
            known,
            answers: Mutex::default(),
        }
    }

    fn answers(&self) -> MutexGuard<'_, Answers> {
        // Finished answers are whole even if a thread died beside them.
        self.answers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn trees(&self) -> Trees {
        self.answers().trees.clone()
    }

    /// Whether the disk would answer the same again.
    fn are_as_seen(&self) -> bool {
        let answers = self.answers();
        let files = || {
            answers
                .trees
                .iter()
                .all(|(path, (seen, _))| stamp(path) == *seen)
        };
        let names = || {
            let folders = answers.names.iter();
            folders
                .into_iter()
                .all(|(folder, seen)| sorted(self.disk.names(folder)) == *seen)
        };
        let kinds = || {
            answers
                .kinds
                .iter()
                .all(|(path, seen)| self.disk.kind(path) == *seen)
        };
        let present = || {
            let paths = answers.present.iter();
            paths
                .into_iter()
                .all(|(path, seen)| self.disk.is_present(path) == *seen)
        };
        files() && names() && kinds() && present()
    }
}

fn sorted(names: Option<Vec<String>>) -> Option<Vec<String>> {
    names.map(|mut names| {
        names.sort_unstable();
        names
    })
}

impl Sources for Seen {
    fn base(&self) -> &str {
        self.disk.base()
    }

    fn tree(&self, path: &str) -> Read1 {
        if let Some((_, known)) = self.answers().trees.get(path) {
            return known.clone();
        }
        // Before it is read: what is written meanwhile is seen the next time.
        let stamp = stamp(path);
        let known = self
            .known
            .get(path)
            .filter(|(seen, _)| stamp.is_some() && *seen == stamp);
        let tree = known.map_or_else(|| self.disk.tree(path), |(_, tree)| tree.clone());
        self.answers()
            .trees
            .insert(path.to_owned(), (stamp, tree.clone()));
        tree
    }

    fn names(&self, folder: &str) -> Option<Vec<String>> {
        let names = self.disk.names(folder);
        let mut answers = self.answers();
        let seen = answers.names.entry(folder.to_owned());
        seen.or_insert_with(|| sorted(names.clone()));
        names
    }

    fn kind(&self, path: &str) -> Option<Kind> {
        let kind = self.disk.kind(path);
        self.answers().kinds.entry(path.to_owned()).or_insert(kind);
        kind
    }

    fn is_present(&self, path: &str) -> bool {
        let present = self.disk.is_present(path);
        self.answers()
            .present
            .entry(path.to_owned())
            .or_insert(present);
        present
    }
}

#[cfg(test)]
mod tests;
