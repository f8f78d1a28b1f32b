//! A look at a log file on the disk.
use std::{
    fmt::Write as _,
    fs::{File, Metadata},
    io::{self, BufRead as _, BufReader, Read as _},
    path::Path,
};

use domain::Timestamp;
use sha1::{Digest as _, Sha1};

/// Longer first lines are not compared.
const MAX_FIRST_LINE: u64 = 64 << 10;

/// What is under the path of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Look {
    /// Nothing.
    Missing,
    /// Something that nobody can read as a log, such as a folder.
    Unreadable,
    /// Something that this process may not read.
    NotSeen {
        /// When it was last written to, where not even that is hidden.
        written_at: Option<Timestamp>,
    },
    /// A file.
    File(LogFile),
}

/// A log file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LogFile {
    /// When it was last written to.
    pub(super) written_at: Timestamp,
    /// In bytes.
    pub(super) size: u64,
    /// SHA-1 of its first line, by which fail2ban recognises it; `None` while that is not complete.
    pub(super) first_line_hash: Option<String>,
}

impl Look {
    /// Opens and reads the beginning. Blocks.
    pub(super) fn at(path: &Path) -> Self {
        match LogFile::at(path) {
            Ok(file) => Self::File(file),
            Err(error) => match error.kind() {
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Self::Missing,
                // fail2ban runs as root, as a rule, and may do what this process may not.
                io::ErrorKind::PermissionDenied => Self::NotSeen {
                    written_at: std::fs::metadata(path)
                        .and_then(|found| written_at(&found))
                        .ok(),
                },
                _ => Self::Unreadable,
            },
        }
    }

    pub(super) const fn file(&self) -> Option<&LogFile> {
        match self {
            Self::File(file) => Some(file),
            Self::Missing | Self::Unreadable | Self::NotSeen { .. } => None,
        }
    }

    /// When it was last written to, where that can be seen.
    pub(super) fn written_at(&self) -> Option<Timestamp> {
        match self {
            Self::File(file) => Some(file.written_at),
            Self::NotSeen { written_at } => *written_at,
            Self::Missing | Self::Unreadable => None,
        }
    }
}

impl LogFile {
    fn at(path: &Path) -> io::Result<Self> {
        // Opening a pipe would wait for its writer.
        if !std::fs::metadata(path)?.is_file() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        let file = File::open(path)?;
        let metadata = file.metadata()?;
        let mut line = Vec::new();
        BufReader::new(file.take(MAX_FIRST_LINE)).read_until(b'\n', &mut line)?;
        Ok(Self {
            written_at: written_at(&metadata)?,
            size: metadata.len(),
            first_line_hash: line.ends_with(b"\n").then(|| hexadecimal(&line)),
        })
    }
}

fn written_at(metadata: &Metadata) -> io::Result<Timestamp> {
    let written = jiff::Timestamp::try_from(metadata.modified()?).map_err(io::Error::other)?;
    Ok(written.into())
}

fn hexadecimal(line: &[u8]) -> String {
    let mut text = String::with_capacity(40);
    for byte in Sha1::digest(line) {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn look_at_each_thing_that_can_be_under_a_path() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| Look::at(&folder.path().join(name));
        std::fs::create_dir(folder.path().join("folder")).unwrap();
        std::os::unix::fs::symlink("nowhere", folder.path().join("link")).unwrap();
        std::fs::write(folder.path().join("log"), "first\nsecond\n").unwrap();
        std::fs::write(folder.path().join("begun"), "fir").unwrap();
        assert_eq!(at("none"), Look::Missing);
        assert_eq!(at("link"), Look::Missing);
        assert_eq!(at("log/below"), Look::Missing);
        assert_eq!(at("folder"), Look::Unreadable);
        let log = at("log");
        let log = log.file().unwrap();
        assert_eq!(log.size, 13);
        // printf 'first\n' | sha1sum
        assert_eq!(
            log.first_line_hash.as_deref(),
            Some("271ac93c44ac198d92e706c6d6f1d84aefcfa337")
        );
        assert_eq!(at("begun").file().unwrap().first_line_hash, None);
    }

    #[test]
    fn look_at_what_only_others_may_read_does_not_say_that_it_is_unreadable() {
        use std::os::unix::fs::PermissionsExt as _;

        /// The user `nobody`, who owns nothing.
        const NOBODY: u32 = 65_534;
        let folder = tempfile::tempdir().unwrap();
        let set = |path: &Path, mode| {
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
        };
        let (log, hidden) = (folder.path().join("log"), folder.path().join("hidden"));
        std::fs::write(&log, "first\n").unwrap();
        let at = Look::at(&log).written_at().unwrap();
        std::fs::create_dir(&hidden).unwrap();
        set(folder.path(), 0o755);
        set(&log, 0o600);
        set(&hidden, 0o700);
        if !rustix::process::getuid().is_root() {
            set(&log, 0o000);
            set(&hidden, 0o000);
        }
        let looks = std::thread::spawn(move || {
            // Of this thread alone.
            if rustix::process::getuid().is_root() {
                let nobody = rustix::process::Uid::from_raw(NOBODY);
                rustix::thread::set_thread_uid(nobody).unwrap();
            }
            [Look::at(&log), Look::at(&hidden.join("log"))]
        });
        let [seen, unseen] = looks.join().unwrap();
        // Only that it is there, and since when it is as it is.
        assert_eq!(seen.written_at(), Some(at));
        assert!(matches!(seen, Look::NotSeen { .. }), "{seen:?}");
        assert_eq!(unseen, Look::NotSeen { written_at: None });
        set(&folder.path().join("hidden"), 0o700);
    }
}
