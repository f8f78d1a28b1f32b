//! The private folder of one test: the lines, and a configuration with what is tried in its place.
use std::{
    ffi::OsString,
    fs, io,
    os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _, symlink},
    path::{Path, PathBuf},
};

use domain::ConfigError;
use tempfile::TempDir;

use crate::configuration::disk_failed;

/// A folder that only this user may look into, removed when it goes out of scope.
#[derive(Debug)]
pub(super) struct TestFolder {
    folder: TempDir,
}

impl TestFolder {
    /// Makes one. Blocks.
    pub(super) fn new() -> Result<Self, ConfigError> {
        let made = tempfile::Builder::new()
            .prefix("bangui-test-")
            .permissions(fs::Permissions::from_mode(0o700))
            .tempdir();
        let folder = made.map_err(|error| disk_failed(&std::env::temp_dir(), &error))?;
        Ok(Self { folder })
    }

    /// Its path.
    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file that only this user may read. Blocks.
    pub(super) fn write(&self, name: &str, bytes: &[u8]) -> Result<PathBuf, ConfigError> {
        let path = self.path().join(name);
        write_private(&path, bytes).map_err(|error| disk_failed(&path, &error))?;
        Ok(path)
    }

    /// Makes a configuration with the filters of another one, but for one file of `filter.d`, which gets a text of its own. Blocks.
    pub(super) fn configuration(
        &self,
        config_dir: &Path,
        file: &str,
        text: &str,
    ) -> Result<PathBuf, ConfigError> {
        let config = self.path().join("etc");
        let filters = config.join("filter.d");
        fs::create_dir_all(&filters).map_err(|error| disk_failed(&filters, &error))?;
        let theirs = config_dir.join("filter.d");
        let theirs = theirs.canonicalize().unwrap_or(theirs);
        link_all(&theirs, &filters, file.as_ref()).map_err(|error| disk_failed(&theirs, &error))?;
        self.write(&format!("etc/filter.d/{file}"), text.as_bytes())?;
        Ok(config)
    }
}

/// Links to all files of a folder but one: fail2ban reads them where they are.
fn link_all(from: &Path, to: &Path, but: &std::ffi::OsStr) -> io::Result<()> {
    let entries = match fs::read_dir(from) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    for entry in entries {
        let name: OsString = entry?.file_name();
        if name != but {
            symlink(from.join(&name), to.join(&name))?;
        }
    }
    Ok(())
}

/// Writes a file that only this user may read and that did not exist. Blocks.
pub(super) fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    io::Write::write_all(&mut file, bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folder_is_private_and_goes_with_all_that_is_in_it() {
        let folder = TestFolder::new().unwrap();
        let path = folder.write("lines", b"secret").unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(folder.path()), mode(&path)), (0o700, 0o600));
        assert!(folder.write("lines", b"again").is_err());
        drop(folder);
        assert!(!path.parent().unwrap().exists());
    }

    #[test]
    fn configuration_has_the_filters_and_the_text_in_its_place() {
        let theirs = tempfile::tempdir().unwrap();
        fs::create_dir(theirs.path().join("filter.d")).unwrap();
        fs::write(theirs.path().join("filter.d/a.conf"), "a").unwrap();
        fs::write(theirs.path().join("filter.d/a.local"), "old").unwrap();
        let folder = TestFolder::new().unwrap();
        let config = folder
            .configuration(theirs.path(), "a.local", "new")
            .unwrap();
        let read = |name: &str| fs::read_to_string(config.join("filter.d").join(name)).unwrap();
        assert_eq!(
            (read("a.conf"), read("a.local")),
            ("a".to_owned(), "new".to_owned())
        );
        drop(folder);
        assert_eq!(
            fs::read_to_string(theirs.path().join("filter.d/a.local")).unwrap(),
            "old"
        );
    }
}
