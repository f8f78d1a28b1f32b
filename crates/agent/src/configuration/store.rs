//! The state folder: contents by their hash, versions, and the journal of the change that is under way.
//!
//! ```text
//! objects/ab/cdef…      the bytes whose hash is abcdef…
//! versions/0000000042   a version, as JSON
//! journal               what is under way; not there while nothing is
//! ```
use std::{
    collections::BTreeSet,
    fs::{self, DirBuilder},
    io,
    os::unix::fs::DirBuilderExt as _,
    path::{Path, PathBuf},
};

use domain::{ConfigError, Sha256, Version, VersionId, VersionPage};
use serde::{Serialize, de::DeserializeOwned};

use super::{
    disk::{Disk, Ownership, failed, remove_if_there, sha256},
    journal::Intent,
};

/// Digits of a version's number in the name of its file, so that names sort as numbers do.
const DIGITS: usize = 10;

/// Old secrets stand in old versions.
const FOLDER_MODE: u32 = 0o700;
const FILE_MODE: u32 = 0o600;

/// How the name of a temporary file ends.
const TEMPORARY: &str = ".bangui-new";

/// The state folder. Everything here waits for the disk.
#[derive(Clone)]
pub(super) struct Store {
    root: PathBuf,
    pub(super) disk: Disk,
}

impl Store {
    /// Makes the folder where it is missing, and takes away temporary files that a loss of power left.
    pub(super) fn open(root: &Path, disk: Disk) -> Result<Self, ConfigError> {
        let store = Self {
            root: root.to_owned(),
            disk,
        };
        for folder in [store.root.clone(), store.objects(), store.versions()] {
            DirBuilder::new()
                .recursive(true)
                .mode(FOLDER_MODE)
                .create(&folder)
                .map_err(|error| failed(&folder, &error))?;
        }
        for folder in [store.root.clone(), store.versions()] {
            for name in names(&folder)? {
                if name.ends_with(TEMPORARY) {
                    let path = folder.join(name);
                    remove_if_there(&path).map_err(|error| failed(&path, &error))?;
                }
            }
        }
        Ok(store)
    }

    fn objects(&self) -> PathBuf {
        self.root.join("objects")
    }

    fn versions(&self) -> PathBuf {
        self.root.join("versions")
    }

    fn journal(&self) -> PathBuf {
        self.root.join("journal")
    }

    fn object(&self, hash: &Sha256) -> PathBuf {
        const FOLDER_DIGITS: usize = 2;
        let (folder, name) = hash.as_str().split_at(FOLDER_DIGITS);
        self.objects().join(folder).join(name)
    }

    /// Keeps some bytes, safe on the disk when this returns.
    pub(super) fn put(&self, bytes: &[u8], hash: &Sha256) -> Result<(), ConfigError> {
        let path = self.object(hash);
        if fs::metadata(&path).is_ok_and(|kept| kept.len() == bytes.len() as u64) {
            return Ok(());
        }
        let folder = path.parent().unwrap_or(&self.root);
        DirBuilder::new()
            .recursive(true)
            .mode(FOLDER_MODE)
            .create(folder)
            .map_err(|error| failed(folder, &error))?;
        self.write(&path, bytes)
    }

    /// Gives kept bytes, after a look whether they are still those that were kept.
    pub(super) fn get(&self, hash: &Sha256) -> Result<Vec<u8>, ConfigError> {
        let path = self.object(hash);
        let bytes = fs::read(&path).map_err(|error| failed(&path, &error))?;
        if sha256(&bytes) == *hash {
            return Ok(bytes);
        }
        let error = io::Error::other("the kept content is damaged");
        Err(failed(&path, &error))
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> Result<(), ConfigError> {
        let because = |error: io::Error| failed(path, &error);
        let root = fs::metadata(&self.root).map_err(because)?;
        let owner = Ownership {
            mode: FILE_MODE,
            ..Ownership::of(&root)
        };
        self.disk.replace(path, bytes, owner).map_err(because)
    }

    fn write_json(&self, path: &Path, value: &impl Serialize) -> Result<(), ConfigError> {
        let bytes = serde_json::to_vec(value);
        let bytes = bytes.map_err(|error| failed(path, &io::Error::other(error)))?;
        self.write(path, &bytes)
    }

    /// What is under way, or was when the power was lost.
    pub(super) fn intent(&self) -> Result<Option<Intent>, ConfigError> {
        read_json(&self.journal())
    }

    /// Writes down what is under way.
    pub(super) fn keep_intent(&self, intent: &Intent) -> Result<(), ConfigError> {
        self.write_json(&self.journal(), intent)
    }

    /// Nothing is under way any more.
    pub(super) fn end_intent(&self) -> Result<(), ConfigError> {
        let path = self.journal();
        let removed = self.disk.remove(&path);
        removed.map_err(|error| failed(&path, &error))
    }

    /// The number of the next version.
    pub(super) fn next_version(&self) -> Result<VersionId, ConfigError> {
        let last = self.numbers()?.last().copied().unwrap_or_default();
        Ok(VersionId(last.saturating_add(1)))
    }

    /// Keeps a version, or what became of it since.
    pub(super) fn keep_version(&self, version: &Version) -> Result<(), ConfigError> {
        self.write_json(&self.version_path(version.id.0), version)
    }

    /// A version with its files.
    pub(super) fn version(&self, id: VersionId) -> Result<Version, ConfigError> {
        let version = read_json(&self.version_path(id.0))?;
        version.ok_or(ConfigError::VersionNotFound(id))
    }

    /// The newest version: its files are those that BanGUI last saw.
    pub(super) fn newest(&self) -> Result<Option<Version>, ConfigError> {
        match self.numbers()?.last() {
            Some(number) => self.version(VersionId(*number)).map(Some),
            None => Ok(None),
        }
    }

    /// The newest version of which this is true.
    pub(super) fn newest_that(
        &self,
        is: impl Fn(&Version) -> bool,
    ) -> Result<Option<Version>, ConfigError> {
        for number in self.numbers()?.into_iter().rev() {
            let version = self.version(VersionId(number))?;
            if is(&version) {
                return Ok(Some(version));
            }
        }
        Ok(None)
    }

    /// Versions before one, newest first, without their files.
    pub(super) fn page(
        &self,
        before: Option<VersionId>,
        limit: usize,
    ) -> Result<VersionPage, ConfigError> {
        let numbers = self.numbers()?;
        let mut older = numbers
            .iter()
            .rev()
            .filter(|number| before.is_none_or(|before| **number < before.0));
        let mut items = Vec::new();
        for number in older.by_ref().take(limit) {
            items.push(Version {
                files: Vec::new(),
                ..self.version(VersionId(*number))?
            });
        }
        let more = older.next().is_some();
        let next = items.last().filter(|_| more).map(|last| last.id);
        Ok(VersionPage { items, next })
    }

    /// Removes the oldest versions beyond `kept`, and the contents that only they had.
    pub(super) fn prune(&self, kept: usize) -> Result<(), ConfigError> {
        let numbers = self.numbers()?;
        let too_many = numbers.len().saturating_sub(kept.max(1));
        let (old, rest) = numbers.split_at(too_many);
        if old.is_empty() {
            return Ok(());
        }
        for number in old {
            let path = self.version_path(*number);
            remove_if_there(&path).map_err(|error| failed(&path, &error))?;
        }
        let mut used = BTreeSet::new();
        for number in rest {
            let files = self.version(VersionId(*number))?.files;
            used.extend(files.into_iter().map(|file| file.sha256));
        }
        self.remove_unused(&used)
    }

    fn remove_unused(&self, used: &BTreeSet<Sha256>) -> Result<(), ConfigError> {
        for folder in names(&self.objects())? {
            let path = self.objects().join(&folder);
            for name in names(&path)? {
                let hash = format!("{folder}{name}").parse::<Sha256>();
                if !hash.is_ok_and(|hash| used.contains(&hash)) {
                    let path = path.join(&name);
                    remove_if_there(&path).map_err(|error| failed(&path, &error))?;
                }
            }
        }
        Ok(())
    }

    fn version_path(&self, number: u64) -> PathBuf {
        self.versions().join(format!("{number:0DIGITS$}"))
    }

    /// The numbers of all versions, in order.
    fn numbers(&self) -> Result<Vec<u64>, ConfigError> {
        let names = names(&self.versions())?;
        let mut numbers: Vec<u64> = names.iter().filter_map(|name| name.parse().ok()).collect();
        numbers.sort_unstable();
        Ok(numbers)
    }
}

/// The names in a folder that are text; all of ours are.
fn names(folder: &Path) -> Result<Vec<String>, ConfigError> {
    let because = |error: io::Error| failed(folder, &error);
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(because)? {
        names.extend(entry.map_err(because)?.file_name().into_string());
    }
    Ok(names)
}

fn read_json<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, ConfigError> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(path, &error)),
    };
    let value = serde_json::from_slice(&bytes);
    value
        .map(Some)
        .map_err(|error| failed(path, &io::Error::other(error)))
}

#[cfg(test)]
mod tests;
