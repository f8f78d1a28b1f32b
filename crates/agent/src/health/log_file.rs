//! A look at a log file on the disk.
use std::{
    fmt::Write as _,
    fs::File,
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
    /// Something that cannot be opened and read, as by this process.
    Unreadable,
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
                _ => Self::Unreadable,
            },
        }
    }

    pub(super) const fn file(&self) -> Option<&LogFile> {
        match self {
            Self::File(file) => Some(file),
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
        let written = jiff::Timestamp::try_from(metadata.modified()?).map_err(io::Error::other)?;
        let mut line = Vec::new();
        BufReader::new(file.take(MAX_FIRST_LINE)).read_until(b'\n', &mut line)?;
        Ok(Self {
            written_at: written.into(),
            size: metadata.len(),
            first_line_hash: line.ends_with(b"\n").then(|| hexadecimal(&line)),
        })
    }
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
}
