//! A private copy of the configuration with the new files in it, for fail2ban's own client to read.
use std::{
    fs, io,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
};

use domain::ConfigError;
use fail2ban::Value;
use tempfile::TempDir;

use super::{changes::NewFiles, disk::failed};

/// How deep folders are followed.
const MAX_DEPTH: usize = 4;

/// The copy; gone when this is dropped. Unchanged files are links, so that it costs nothing and nobody else can read them.
pub(super) struct Trial {
    folder: TempDir,
    real: PathBuf,
}

impl Trial {
    /// Makes it. Waits for the disk.
    pub(super) fn make(dir: &Path, new: &NewFiles) -> Result<Self, ConfigError> {
        let real = dir.canonicalize().map_err(|error| failed(dir, &error))?;
        let folder = tempfile::Builder::new().prefix("bangui-trial-").tempdir();
        let folder = folder.map_err(|error| failed(&std::env::temp_dir(), &error))?;
        let trial = Self { folder, real };
        link_all(&trial.real, trial.dir(), 0).map_err(|error| failed(trial.dir(), &error))?;
        for (path, bytes) in new {
            let place = trial.dir().join(path.as_str());
            let written = super::disk::remove_if_there(&place).and_then(|_| match bytes {
                Some(bytes) => write(&place, bytes),
                None => Ok(()),
            });
            written.map_err(|error| failed(&place, &error))?;
        }
        Ok(trial)
    }

    /// Its folder.
    pub(super) fn dir(&self) -> &Path {
        self.folder.path()
    }

    /// Says the real folder where a text names the copy.
    pub(super) fn real_text(&self, text: &str, dir: &Path) -> String {
        text.replace(&*self.dir().to_string_lossy(), &dir.to_string_lossy())
    }

    /// The same in commands.
    pub(super) fn real_commands(&self, commands: Vec<Vec<Value>>, dir: &Path) -> Vec<Vec<Value>> {
        let real = |command: Vec<Value>| {
            let values = command.into_iter();
            values.map(|value| self.real_value(value, dir)).collect()
        };
        commands.into_iter().map(real).collect()
    }

    fn real_value(&self, value: Value, dir: &Path) -> Value {
        let all = |items: Vec<Value>| -> Vec<Value> {
            let items = items.into_iter();
            items.map(|item| self.real_value(item, dir)).collect()
        };
        match value {
            Value::Str(text) => Value::Str(self.real_text(&text, dir)),
            Value::List(items) => Value::List(all(items)),
            Value::Tuple(items) => Value::Tuple(all(items)),
            other => other,
        }
    }
}

fn write(place: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Some(folder) = place.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(place, bytes)
}

/// Makes the folders, with links to the files.
fn link_all(from: &Path, to: &Path, depth: usize) -> io::Result<()> {
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if from.is_dir() && depth < MAX_DEPTH {
            fs::create_dir(&to)?;
            link_all(&from, &to, depth + 1)?;
        } else {
            symlink(&from, &to)?;
        }
    }
    Ok(())
}
