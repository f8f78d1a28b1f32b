//! What a change is about to do, written down before it does it, so that any later start can finish it or take it back.
use std::path::Path;

use domain::{
    ConfigAuthor, ConfigChange, ConfigError, ConfigPath, Confirmation, Sha256, Timestamp, VersionId,
};
use serde::{Deserialize, Deserializer, Serialize};

use super::{
    disk::{Ownership, failed, remove_if_there, temporary},
    folder::{self, FileNow},
    store::Store,
};
use crate::reload::Touched;

/// A change that is under way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Intent {
    /// The number that its version has, or will have.
    pub(super) version: VersionId,
    pub(super) began_at: Timestamp,
    pub(super) author: ConfigAuthor,
    pub(super) note: String,
    pub(super) changes: Vec<ConfigChange>,
    pub(super) hash: Sha256,
    pub(super) files: Vec<FileIntent>,
    /// The jails that ran before.
    pub(super) ran: Vec<String>,
    /// What has to be loaded.
    pub(super) touched: Touched,
    #[serde(deserialize_with = "phase")]
    pub(super) phase: Phase,
}

/// What becomes of one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct FileIntent {
    pub(super) path: ConfigPath,
    /// `None` where it was not there.
    pub(super) before: Option<KeptFile>,
    /// `None` where it is deleted.
    pub(super) after: Option<Sha256>,
}

/// A file as it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct KeptFile {
    pub(super) sha256: Sha256,
    pub(super) owner: Ownership,
}

/// How far a change is. Each is written down before what it names is begun.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Phase {
    /// Files are written and loaded. Nothing says yet that all is well: a start takes it back.
    Writing,
    /// All is well, and the new files are kept: a start completes it.
    Verified,
    /// All is well, and the new files are kept only if a person says so in time.
    Waiting { confirm_by: Timestamp },
    /// A person said so. Journals that know not who are from before that was kept.
    Confirmed { by: Option<Confirmation> },
    /// The old files are put back and loaded, because something failed.
    Undoing { failed: String },
    /// The old files are put back and loaded, because nobody confirmed (`None`) or somebody took it back.
    Reverting {
        by: Option<ConfigAuthor>,
        /// The number of the version that says so.
        version: VersionId,
    },
    /// The old files are back, the version says so, and the daemon has still to be told.
    Owed,
}

/// A phase, also as an earlier build wrote it that did not keep who confirmed: a journal is read by whichever build starts next.
fn phase<'de, D: Deserializer<'de>>(written: D) -> Result<Phase, D::Error> {
    #[derive(Deserialize)]
    enum Bare {
        Confirmed,
    }
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        Earlier(Bare),
        Now(Phase),
    }
    Ok(match Written::deserialize(written)? {
        Written::Earlier(Bare::Confirmed) => Phase::Confirmed { by: None },
        Written::Now(phase) => phase,
    })
}

impl Intent {
    /// Gives the files their new content, in order.
    pub(super) fn write(&self, store: &Store, dir: &Path) -> Result<(), NotWritten> {
        for (before, file) in self.files.iter().enumerate() {
            file.write(store, dir).map_err(|error| {
                // Of a file that somebody else has changed, even in the same way, nothing is taken back.
                let failed = matches!(error, ConfigError::Files { .. });
                NotWritten {
                    error,
                    written: before + usize::from(failed && file.is_written(dir)),
                }
            })?;
        }
        Ok(())
    }

    /// Gives the files their old content again, owner and mode too, and answers what could not be done. A file that is neither as it was nor as this
    /// change wrote it belongs to somebody else by now, and stays.
    pub(super) fn put_back(&self, store: &Store, dir: &Path) -> Vec<String> {
        let put_back = |file: &FileIntent| match file.put_back(store, dir) {
            Ok(()) => None,
            Err(ConfigError::Files {
                path,
                detail,
                remedy,
            }) => Some(format!("{path}: {detail}. {remedy}")),
            Err(error) => Some(format!("{}: {error}", file.path)),
        };
        self.files.iter().rev().filter_map(put_back).collect()
    }
}

/// Why not all files were written, and how many were.
#[derive(Debug)]
pub(super) struct NotWritten {
    pub(super) error: ConfigError,
    pub(super) written: usize,
}

impl FileIntent {
    /// Whether the new content has its place, although that failed: it may not be safe on the disk.
    fn is_written(&self, dir: &Path) -> bool {
        let now = folder::target(dir, &self.path).and_then(|path| folder::read_file(&path));
        now.is_ok_and(|now| is(now.as_ref(), self.after.as_ref()))
    }

    fn write(&self, store: &Store, dir: &Path) -> Result<(), ConfigError> {
        let path = folder::target(dir, &self.path)?;
        let now = folder::read_file(&path)?;
        let before = self.before.as_ref();
        if !is(now.as_ref(), before.map(|before| &before.sha256)) {
            // Somebody was faster by a moment.
            let files = vec![self.path.clone()];
            return Err(ConfigError::Changed { files });
        }
        let because = |error: std::io::Error| failed(&path, &error);
        let Some(after) = &self.after else {
            return store.disk.remove(&path).map_err(because);
        };
        let bytes = store.get(after)?;
        let owner = match before {
            Some(before) => before.owner,
            None => new_owner(&path)?,
        };
        store.disk.replace(&path, &bytes, owner).map_err(because)
    }

    fn put_back(&self, store: &Store, dir: &Path) -> Result<(), ConfigError> {
        let path = folder::target(dir, &self.path)?;
        let because = |error: std::io::Error| failed(&path, &error);
        remove_if_there(&temporary(&path)).map_err(because)?;
        let now = folder::read_file(&path)?;
        if is(
            now.as_ref(),
            self.before.as_ref().map(|before| &before.sha256),
        ) {
            return Ok(());
        }
        if !is(now.as_ref(), self.after.as_ref()) {
            return Err(ConfigError::Files {
                path: path.display().to_string(),
                detail: "something else than BanGUI changed it meanwhile, so it was left alone"
                    .to_owned(),
                remedy: "Compare it with the versions and decide which lines are to stay."
                    .to_owned(),
            });
        }
        match &self.before {
            None => store.disk.remove(&path).map_err(because),
            Some(before) => {
                let bytes = store.get(&before.sha256)?;
                let replaced = store.disk.replace(&path, &bytes, before.owner);
                replaced.map_err(because)
            }
        }
    }
}

fn is(now: Option<&FileNow>, hash: Option<&Sha256>) -> bool {
    now.map(|file| &file.sha256) == hash
}

/// The owner of a new file; its folder is made where it is missing.
fn new_owner(path: &Path) -> Result<Ownership, ConfigError> {
    let folder = path.parent().unwrap_or(path);
    std::fs::create_dir_all(folder).map_err(|error| failed(folder, &error))?;
    Ownership::of_new_file_in(folder).map_err(|error| failed(folder, &error))
}

#[cfg(test)]
mod tests;
