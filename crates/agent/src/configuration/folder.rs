//! The folder of the configuration: what is in it, and where a file really is.
use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, Read as _},
    path::{Path, PathBuf},
    sync::Arc,
};

use domain::{ConfigError, ConfigPath, Sha256};

use super::disk::{Ownership, failed, sha256};

/// The most bytes of one file. Larger ones are no configuration.
const MAX_FILE_BYTES: u64 = 8 << 20;

/// Where fail2ban reads files; the empty one is the folder itself.
const FOLDERS: [&str; 5] = ["", "action.d", "fail2ban.d", "filter.d", "jail.d"];

/// A file as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FileNow {
    pub(super) bytes: Vec<u8>,
    pub(super) sha256: Sha256,
    pub(super) owner: Ownership,
}

impl FileNow {
    /// As text for people; bytes that are not UTF-8 are replaced.
    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }
}

/// All files that fail2ban could read, by path.
pub(super) type Files = BTreeMap<ConfigPath, Arc<FileNow>>;

/// Reads all of them. Links are followed; those that lead nowhere are no files, to fail2ban neither.
pub(super) fn read(dir: &Path) -> Result<Files, ConfigError> {
    let mut files = Files::new();
    for folder in FOLDERS {
        let at = dir.join(folder);
        let entries = match fs::read_dir(&at) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound && !folder.is_empty() => continue,
            Err(error) => return Err(failed(&at, &error)),
        };
        for entry in entries {
            let entry = entry.map_err(|error| failed(&at, &error))?;
            let Some(path) = config_path(folder, &entry.file_name()) else {
                continue;
            };
            if let Some(file) = read_file(&entry.path())? {
                files.insert(path, Arc::new(file));
            }
        }
    }
    Ok(files)
}

fn config_path(folder: &str, name: &std::ffi::OsStr) -> Option<ConfigPath> {
    let name = name.to_str()?;
    let path = if folder.is_empty() {
        name.to_owned()
    } else {
        format!("{folder}/{name}")
    };
    path.parse().ok()
}

/// `None` where there is no regular file.
pub(super) fn read_file(path: &Path) -> Result<Option<FileNow>, ConfigError> {
    let because = |error: io::Error| failed(path, &error);
    // Looked at before it is opened: opening a pipe would wait for a writer.
    match fs::metadata(path) {
        Ok(found) if found.is_file() => {}
        Ok(_) => return Ok(None),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(because(error)),
    }
    let file = File::open(path).map_err(because)?;
    let metadata = file.metadata().map_err(because)?;
    let mut bytes = Vec::new();
    let mut file = file.take(MAX_FILE_BYTES + 1);
    file.read_to_end(&mut bytes).map_err(because)?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(ConfigError::Files {
            path: path.display().to_string(),
            detail: format!("it has more than {MAX_FILE_BYTES} bytes"),
            remedy: "Make it smaller, or move it out of fail2ban's folder.".to_owned(),
        });
    }
    Ok(Some(FileNow {
        sha256: sha256(&bytes),
        owner: Ownership::of(&metadata),
        bytes,
    }))
}

/// Where a file is written: itself, or what a link leads to. A link that leads out of the configuration's folder is refused: what is there belongs to
/// something else than fail2ban. So is one that leads to a shipped file.
pub(super) fn target(dir: &Path, path: &ConfigPath) -> Result<PathBuf, ConfigError> {
    let shown = dir.join(path.as_str());
    let because = |error: io::Error| failed(&shown, &error);
    let base = dir.canonicalize().map_err(because)?;
    let (folder, name) = path
        .as_str()
        .rsplit_once('/')
        .unwrap_or(("", path.as_str()));
    let folder = match base.join(folder).canonicalize() {
        Ok(folder) => folder,
        // Made when it is needed.
        Err(error) if error.kind() == io::ErrorKind::NotFound => base.join(folder),
        Err(error) => return Err(because(error)),
    };
    let itself = folder.join(name);
    let target = match fs::symlink_metadata(&itself) {
        Ok(found) if found.is_symlink() => itself.canonicalize().map_err(because)?,
        Ok(_) => itself,
        Err(error) if error.kind() == io::ErrorKind::NotFound => itself,
        Err(error) => return Err(because(error)),
    };
    let shipped = target.extension().is_some_and(|ending| ending == "conf");
    if target.starts_with(&base) && !shipped {
        return Ok(target);
    }
    let what = if shipped {
        "a shipped file"
    } else {
        "outside fail2ban's folder"
    };
    Err(ConfigError::Files {
        path: shown.display().to_string(),
        detail: format!("it is a link to {}, {what}", target.display()),
        remedy: "Change that file with what manages it, or put a file in the place of the link."
            .to_owned(),
    })
}

/// Whether files could be written there: the reason where they could not.
pub(super) fn why_read_only(dir: &Path) -> Option<String> {
    let error = rustix::fs::access(dir, rustix::fs::Access::WRITE_OK).err()?;
    Some(format!("{}: {}", dir.display(), io::Error::from(error)))
}

#[cfg(test)]
mod tests;
