//! What was, and what differs from it.
use std::{collections::BTreeMap, path::Path};

use domain::{
    ConfigDiff, ConfigError, ConfigPath, ConfigState, FileDiff, VersionOutcome, VersionRef,
};

use super::{diff, folder, record, store::Store};

/// What can be said of the folder and its versions. Waits for the disk.
pub(super) fn state(store: Option<&Store>, dir: &Path) -> Result<ConfigState, ConfigError> {
    let newest = store.map(Store::newest).transpose()?.flatten();
    let in_force = match store {
        None => None,
        Some(store) => store.newest_that(|version| {
            matches!(
                version.outcome,
                VersionOutcome::InForce | VersionOutcome::WaitsForConfirmation
            )
        })?,
    };
    Ok(ConfigState {
        version: in_force.map(|version| version.id),
        changed_outside: record::changed_since(newest.as_ref(), &folder::read(dir)?),
        applying: None,
        pending: None,
        confirm_within_seconds: 0,
        commands_forbidden: false,
        read_only: folder::why_read_only(dir),
    })
}

/// The difference of two states.
pub(super) fn diff(
    store: &Store,
    dir: &Path,
    from: VersionRef,
    to: VersionRef,
) -> Result<ConfigDiff, ConfigError> {
    let (mut from, mut to) = (hashes(store, dir, from)?, hashes(store, dir, to)?);
    from.retain(|path, old| match to.get(path) {
        Some(new) if new.0 == old.0 => {
            to.remove(path);
            false
        }
        _ => true,
    });
    let mut paths: Vec<ConfigPath> = from.keys().chain(to.keys()).cloned().collect();
    paths.sort();
    paths.dedup();
    let files = paths.iter().map(|path| {
        let before = text(store, from.get(path))?;
        Ok(diff::of_file(path, before, text(store, to.get(path))?))
    });
    let files: Result<Vec<FileDiff>, ConfigError> = files.collect();
    Ok(ConfigDiff { files: files? })
}

/// The files of a state by their hashes; bytes where they are at hand.
fn hashes(store: &Store, dir: &Path, of: VersionRef) -> Result<Hashed, ConfigError> {
    Ok(match of {
        VersionRef::Now => {
            let files = folder::read(dir)?.into_iter();
            files
                .map(|(path, file)| (path, (file.sha256.clone(), Some(file.bytes.clone()))))
                .collect()
        }
        VersionRef::Version(id) => {
            let files = store.version(id)?.files.into_iter();
            files.map(|file| (file.path, (file.sha256, None))).collect()
        }
    })
}

type Hashed = BTreeMap<ConfigPath, (domain::Sha256, Option<Vec<u8>>)>;

fn text(
    store: &Store,
    of: Option<&(domain::Sha256, Option<Vec<u8>>)>,
) -> Result<Option<String>, ConfigError> {
    let Some((hash, bytes)) = of else {
        return Ok(None);
    };
    let bytes = match bytes {
        Some(bytes) => bytes.clone(),
        None => store.get(hash)?,
    };
    Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
}
