//! Writing files so that whoever reads them, or starts after a loss of power, finds the old content or the new one and nothing between.
use std::{
    fs::{self, File, OpenOptions, Permissions},
    io::{self, Write as _},
    os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _, fchown},
    path::{Path, PathBuf},
    sync::Arc,
};

use domain::{ConfigError, Sha256};
use serde::{Deserialize, Serialize};
use sha2::Digest as _;

use super::observer::{ApplyObserver, ApplyPoint, DiskPoint};

/// Permission bits of a mode.
const PERMISSIONS: u32 = 0o7777;

/// Who a file belongs to, and who may do what with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Ownership {
    pub(crate) mode: u32,
    pub(crate) uid: u32,
    pub(crate) gid: u32,
}

impl Ownership {
    pub(super) fn of(file: &fs::Metadata) -> Self {
        Self {
            mode: file.mode() & PERMISSIONS,
            uid: file.uid(),
            gid: file.gid(),
        }
    }

    /// That of a new file: the folder's, with no more rights than reading for others than the owner, and none that the folder does not give.
    pub(super) fn of_new_file_in(folder: &Path) -> io::Result<Self> {
        const READ_AND_WRITE: u32 = 0o644;
        let folder = fs::metadata(folder)?;
        Ok(Self {
            mode: folder.mode() & READ_AND_WRITE,
            ..Self::of(&folder)
        })
    }
}

/// The disk, with somebody who is told what happens on it.
#[derive(Clone, Default)]
pub(crate) struct Disk {
    observer: Option<Arc<dyn ApplyObserver>>,
}

impl Disk {
    pub(crate) fn new(observer: Option<Arc<dyn ApplyObserver>>) -> Self {
        Self { observer }
    }

    pub(super) fn tell(&self, point: ApplyPoint<'_>) {
        if let Some(observer) = &self.observer {
            observer.reached(&point);
        }
    }

    /// Gives a file this content at once; it need not exist. On an error the temporary file is gone and the file is as it was, unless it was the folder
    /// that could not be written to the disk: then it has the new content.
    pub(super) fn replace(&self, path: &Path, bytes: &[u8], owner: Ownership) -> io::Result<()> {
        let temporary = temporary(path);
        let written = self
            .write_temporary(&temporary, bytes, owner)
            .and_then(|()| fs::rename(&temporary, path));
        if let Err(error) = written {
            remove_if_there(&temporary)?;
            return Err(error);
        }
        self.tell(ApplyPoint::Disk(DiskPoint::Renamed, path));
        self.sync_folder_of(path)
    }

    fn write_temporary(&self, path: &Path, bytes: &[u8], owner: Ownership) -> io::Result<()> {
        // One that a power loss left behind.
        remove_if_there(path)?;
        let mut options = OpenOptions::new();
        // Nobody else may read it before it has its own mode.
        let mut file = options
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(path)?;
        self.tell(ApplyPoint::Disk(DiskPoint::Made, path));
        file.write_all(bytes)?;
        self.tell(ApplyPoint::Disk(DiskPoint::Written, path));
        let made = Ownership::of(&file.metadata()?);
        if (made.uid, made.gid) != (owner.uid, owner.gid) {
            fchown(&file, Some(owner.uid), Some(owner.gid))?;
        }
        file.set_permissions(Permissions::from_mode(owner.mode))?;
        file.sync_all()?;
        self.tell(ApplyPoint::Disk(DiskPoint::Synced, path));
        Ok(())
    }

    /// Removes a file; one that is not there is no error.
    pub(super) fn remove(&self, path: &Path) -> io::Result<()> {
        if remove_if_there(path)? {
            self.tell(ApplyPoint::Disk(DiskPoint::Removed, path));
            self.sync_folder_of(path)?;
        }
        Ok(())
    }

    fn sync_folder_of(&self, path: &Path) -> io::Result<()> {
        let folder = path.parent().unwrap_or_else(|| Path::new("/"));
        File::open(folder)?.sync_all()?;
        self.tell(ApplyPoint::Disk(DiskPoint::FolderSynced, folder));
        Ok(())
    }
}

/// The name under which a file is written before it takes its place. fail2ban reads no name that begins with a dot or ends like this.
pub(super) fn temporary(path: &Path) -> PathBuf {
    let mut name = std::ffi::OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(".bangui-new");
    path.with_file_name(name)
}

/// Whether it was there.
pub(super) fn remove_if_there(path: &Path) -> io::Result<bool> {
    match fs::remove_file(path) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// The hash of some bytes.
pub(super) fn sha256(bytes: &[u8]) -> Sha256 {
    Sha256::of_digest(sha2::Sha256::digest(bytes).into())
}

/// An error of the disk, with what a person can do about it.
pub(crate) fn failed(path: &Path, error: &io::Error) -> ConfigError {
    let remedy = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "Make room on the disk, then try again."
        }
        io::ErrorKind::ReadOnlyFilesystem => {
            "Make the file system writable. In a unit of systemd, name the folder in ReadWritePaths; in a container, mount it without :ro."
        }
        io::ErrorKind::PermissionDenied => {
            "Let BanGUI run as root, or give its user the right to read and write this file and its folder."
        }
        io::ErrorKind::NotFound => {
            "See whether the folder is there and the setting names the right one."
        }
        _ => "Look at the disk and at the system's log.",
    };
    ConfigError::Files {
        path: path.display().to_string(),
        detail: error.to_string(),
        remedy: remedy.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replaced_file_keeps_its_owner_and_mode_and_leaves_nothing_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("jail.local");
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o640)).unwrap();
        let owner = Ownership::of(&fs::metadata(&path).unwrap());
        Disk::default().replace(&path, b"new", owner).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(Ownership::of(&fs::metadata(&path).unwrap()), owner);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn file_that_cannot_take_its_place_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("jail.local");
        fs::create_dir(&path).unwrap();
        let owner = Ownership::of_new_file_in(folder.path()).unwrap();
        Disk::default().replace(&path, b"new", owner).unwrap_err();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn new_file_gives_no_right_that_its_folder_does_not_give() {
        let folder = tempfile::tempdir().unwrap();
        for (mode, wanted) in [(0o755, 0o644), (0o750, 0o640), (0o700, 0o600)] {
            fs::set_permissions(folder.path(), Permissions::from_mode(mode)).unwrap();
            let owner = Ownership::of_new_file_in(folder.path()).unwrap();
            assert_eq!(owner.mode, wanted, "{mode:o}");
        }
    }
}
