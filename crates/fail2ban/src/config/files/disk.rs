//! Files as they are on disk.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use super::{Kind, ReadError, Sources};
use crate::config::Tree;

/// The most bytes that are read of one file; the largest that is shipped has 26 kB.
const MOST_BYTES: u64 = 4 << 20;

type Read1 = Result<Arc<Tree>, ReadError>;

/// The files on disk, each read once and then remembered: make a new one to see changes. It blocks.
#[derive(Debug)]
pub struct Disk {
    base: String,
    most_bytes: u64,
    read: Mutex<HashMap<String, Read1>>,
}

impl Disk {
    /// The files below a folder, such as `/etc/fail2ban`.
    #[must_use]
    pub fn new(base: &str) -> Self {
        Self {
            base: base.trim_end_matches('/').to_owned(),
            most_bytes: MOST_BYTES,
            read: Mutex::default(),
        }
    }

    /// Reads at most that many bytes of a file; larger files are refused.
    #[must_use]
    pub fn limited_to(mut self, bytes: u64) -> Self {
        self.most_bytes = bytes;
        self
    }

    fn read(&self, path: &str) -> Read1 {
        let of_system = |error: std::io::Error| match error.kind() {
            ErrorKind::NotFound | ErrorKind::NotADirectory => ReadError::Missing,
            ErrorKind::PermissionDenied => ReadError::Denied,
            _ => ReadError::Failed(error.to_string()),
        };
        // Before it is opened: opening a pipe would wait for its other end.
        if !fs::metadata(path).map_err(of_system)?.is_file() {
            return Err(ReadError::NotAFile);
        }
        let mut bytes = Vec::new();
        let file = File::open(path).map_err(of_system)?;
        file.take(self.most_bytes.saturating_add(1))
            .read_to_end(&mut bytes)
            .map_err(of_system)?;
        if bytes.len() as u64 > self.most_bytes {
            return Err(ReadError::TooLarge {
                limit: self.most_bytes,
            });
        }
        Ok(Arc::new(Tree::parse(&bytes)))
    }
}

impl Sources for Disk {
    fn base(&self) -> &str {
        &self.base
    }

    fn tree(&self, path: &str) -> Read1 {
        // A map of finished answers is whole even if a thread died while it held the lock.
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = read.get(path) {
            return known.clone();
        }
        let answer = self.read(path);
        read.insert(path.to_owned(), answer.clone());
        answer
    }

    fn names(&self, folder: &str) -> Option<Vec<String>> {
        let folder = if folder.is_empty() { "." } else { folder };
        let entries = fs::read_dir(folder).ok()?;
        let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        Some(names.collect())
    }

    fn kind(&self, path: &str) -> Option<Kind> {
        let known = fs::metadata(path).ok()?;
        Some(match (known.is_file(), known.is_dir()) {
            (true, _) => Kind::File,
            (_, true) => Kind::Folder,
            _ => Kind::Other,
        })
    }

    fn is_present(&self, path: &str) -> bool {
        fs::symlink_metadata(Path::new(path)).is_ok()
    }
}
