//! The part of a plan that is made of the changes and the files alone: the same changes on the same files give the same plan.
use std::{collections::BTreeMap, path::Path};

use domain::{ConfigChange, ConfigError, ConfigPath, FileBase, Sha256};
use sha2::Digest as _;

use super::{
    changes::{self, NewFiles, Restorable},
    disk::sha256,
    folder::{self, Files},
    privileged,
    store::Store,
};

/// Changes, the files they were made on, and what they make of them.
pub(super) struct Draft {
    pub(super) files: Files,
    pub(super) new: NewFiles,
    pub(super) base: Vec<FileBase>,
    pub(super) hash: Sha256,
    /// Whether what runs commands as root differs, as far as the files' texts can tell.
    pub(super) runs_commands: bool,
}

impl Draft {
    /// Reads the files, and makes the new ones. Waits for the disk.
    pub(super) fn make(
        dir: &Path,
        changes: &[ConfigChange],
        store: Option<&Store>,
    ) -> Result<Self, ConfigError> {
        let files = folder::read(dir)?;
        let restorable = restorable(changes, store)?;
        let new = changes::new_files(changes, &files, &restorable)?;
        for path in new.keys() {
            // A link that may not be written through is refused before anything else is done.
            folder::target(dir, path)?;
        }
        let base = base(&files);
        Ok(Self {
            hash: hash(changes, &base, &new),
            runs_commands: privileged::differ(&files, &new),
            files,
            new,
            base,
        })
    }

    /// The files that differ from those that a plan was made on.
    pub(super) fn differs_from(&self, base: &[FileBase]) -> Vec<ConfigPath> {
        let by_path = |base: &[FileBase]| -> BTreeMap<ConfigPath, Option<Sha256>> {
            let pairs = base
                .iter()
                .map(|file| (file.path.clone(), file.sha256.clone()));
            pairs.collect()
        };
        let (then, now) = (by_path(base), by_path(&self.base));
        let mut paths: Vec<ConfigPath> = then.keys().chain(now.keys()).cloned().collect();
        paths.sort();
        paths.dedup();
        paths.retain(|path| then.get(path).cloned().flatten() != now.get(path).cloned().flatten());
        paths
    }
}

/// The files of all versions that changes bring back.
fn restorable(changes: &[ConfigChange], store: Option<&Store>) -> Result<Restorable, ConfigError> {
    let mut restorable = Restorable::new();
    for change in changes {
        let (ConfigChange::Restore { version }, Some(store)) = (change, store) else {
            continue;
        };
        let mut files = BTreeMap::new();
        for file in store.version(*version)?.files {
            if file.path.is_local() {
                files.insert(file.path, store.get(&file.sha256)?);
            }
        }
        restorable.insert(*version, files);
    }
    Ok(restorable)
}

fn base(files: &Files) -> Vec<FileBase> {
    let base = |(path, file): (&ConfigPath, &std::sync::Arc<folder::FileNow>)| FileBase {
        path: path.clone(),
        sha256: Some(file.sha256.clone()),
    };
    files.iter().map(base).collect()
}

/// The hash of all that a plan is made of.
fn hash(changes: &[ConfigChange], base: &[FileBase], new: &NewFiles) -> Sha256 {
    let new: BTreeMap<&ConfigPath, Option<Sha256>> = new
        .iter()
        .map(|(path, bytes)| (path, bytes.as_deref().map(sha256)))
        .collect();
    let mut hash = sha2::Sha256::new();
    // What cannot be written as JSON does not exist among these types.
    hash.update(serde_json::to_vec(&(changes, base, new)).unwrap_or_default());
    Sha256::of_digest(hash.finalize().into())
}
