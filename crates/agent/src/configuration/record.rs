//! Versions: what the folder held, when, and by whom.
use std::{collections::BTreeMap, path::Path};

use domain::{
    ConfigAuthor, ConfigError, ConfigPath, Sha256, StoredFile, Timestamp, Version, VersionId,
    VersionOrigin, VersionOutcome,
};

use super::{
    folder::{self, Files},
    journal::Intent,
    state::nobody,
    store::Store,
};

/// A version of which only the files are missing.
pub(super) fn draft(id: VersionId, at: Timestamp, origin: VersionOrigin) -> Version {
    Version {
        id,
        at,
        author: nobody(),
        note: String::new(),
        origin,
        outcome: VersionOutcome::InForce,
        changes: Vec::new(),
        touched: Vec::new(),
        failed: None,
        undone: None,
        confirmed: None,
        finished_at_start: false,
        files: Vec::new(),
    }
}

/// The version of a change.
pub(super) fn of_intent(intent: &Intent, at: Timestamp, outcome: VersionOutcome) -> Version {
    Version {
        author: intent.author.clone(),
        note: intent.note.clone(),
        outcome,
        changes: intent.changes.clone(),
        touched: intent.files.iter().map(|file| file.path.clone()).collect(),
        ..draft(intent.version, at, VersionOrigin::Applied)
    }
}

/// Keeps a version with the files as they are now, and their contents. Waits for the disk.
pub(super) fn keep(store: &Store, dir: &Path, version: Version) -> Result<Version, ConfigError> {
    let files = folder::read(dir)?;
    keep_with(store, &files, version)
}

/// Keeps a version with these files.
pub(super) fn keep_with(
    store: &Store,
    files: &Files,
    mut version: Version,
) -> Result<Version, ConfigError> {
    for file in files.values() {
        store.put(&file.bytes, &file.sha256)?;
    }
    let before = store.newest_that(|older| older.id < version.id)?;
    if version.touched.is_empty() {
        version.touched = changed_since(before.as_ref(), files);
    }
    version.files = stored(files);
    store.keep_version(&version)?;
    Ok(version)
}

fn stored(files: &Files) -> Vec<StoredFile> {
    let stored = |(path, file): (&ConfigPath, &std::sync::Arc<folder::FileNow>)| StoredFile {
        path: path.clone(),
        sha256: file.sha256.clone(),
        size: file.bytes.len() as u64,
        mode: file.owner.mode,
    };
    files.iter().map(stored).collect()
}

/// The files that differ from a version's, by path; none where there is no version to compare with.
pub(super) fn changed_since(version: Option<&Version>, files: &Files) -> Vec<ConfigPath> {
    let Some(version) = version else {
        return Vec::new();
    };
    let old: BTreeMap<&ConfigPath, &Sha256> = version
        .files
        .iter()
        .map(|file| (&file.path, &file.sha256))
        .collect();
    let now = |path: &ConfigPath| files.get(path).map(|file| &file.sha256);
    let mut paths: Vec<ConfigPath> = old.keys().copied().chain(files.keys()).cloned().collect();
    paths.sort();
    paths.dedup();
    paths.retain(|path| old.get(path).copied() != now(path));
    paths
}

/// Keeps what something else changed, if there is any such thing. A first version is kept where there is none.
pub(super) fn keep_outside(
    store: &Store,
    files: &Files,
    author: &ConfigAuthor,
    at: Timestamp,
) -> Result<Option<Version>, ConfigError> {
    let newest = store.newest()?;
    let origin = match &newest {
        None => VersionOrigin::First,
        Some(newest) if changed_since(Some(newest), files).is_empty() => return Ok(None),
        Some(_) => VersionOrigin::Outside,
    };
    let version = Version {
        author: author.clone(),
        ..draft(store.next_version()?, at, origin)
    };
    keep_with(store, files, version).map(Some)
}
