//! Where configuration comes from: the disk, or the disk with changes that are not written yet.

mod disk;
mod glob;
mod overlay;

use std::sync::Arc;

use super::Tree;

pub use disk::Disk;
pub use glob::glob;
pub use overlay::Overlay;

/// The files of a configuration.
///
/// Paths are text as fail2ban forms them: the base folder, a slash, and what the configuration says; absolute where it says so.
/// A value of this type is one view: it answers the same question the same way each time.
pub trait Sources: Send + Sync {
    /// The folder of the configuration without a slash at its end, such as `/etc/fail2ban`.
    fn base(&self) -> &str;

    /// A file, read and parsed once.
    fn tree(&self, path: &str) -> Result<Arc<Tree>, ReadError>;

    /// The names in a folder, in the order of the file system; no order is promised. `None` where it cannot be listed.
    fn names(&self, folder: &str) -> Option<Vec<String>>;

    /// What is at a path, links followed; `None` if nothing is.
    fn kind(&self, path: &str) -> Option<Kind>;

    /// Whether something is at a path, a link that leads nowhere included.
    fn is_present(&self, path: &str) -> bool;
}

/// What is at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// A socket, a device and the like.
    Other,
}

/// Why a file was not read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// It is not there.
    #[error("there is no such file")]
    Missing,
    /// The operating system refuses it to this user.
    #[error("this user may not read it")]
    Denied,
    /// A folder, a device or the like.
    #[error("it is not a regular file")]
    NotAFile,
    /// More than is read of a file.
    #[error("it has more than {limit} bytes")]
    TooLarge {
        /// The most bytes that a file may have.
        limit: u64,
    },
    /// Anything else.
    #[error("it cannot be read: {0}")]
    Failed(String),
}

/// Joins as Python's `os.path.join` does: an absolute second part stands alone.
#[must_use]
pub fn join(folder: &str, name: &str) -> String {
    if name.starts_with('/') || folder.is_empty() {
        return name.to_owned();
    }
    let slash = if folder.ends_with('/') { "" } else { "/" };
    [folder, slash, name].concat()
}

/// The part before the last slash, as `os.path.dirname` gives it.
pub(super) fn folder_of(path: &str) -> &str {
    split(path).0
}

/// `os.path.split`: the slashes between both parts belong to neither, unless nothing but slashes is there.
pub(super) fn split(path: &str) -> (&str, &str) {
    let at = path.rfind('/').map_or(0, |slash| slash + 1);
    let (head, tail) = path.split_at(at);
    let trimmed = head.trim_end_matches('/');
    (if trimmed.is_empty() { head } else { trimmed }, tail)
}

/// The path without the ending of its name, as `os.path.splitext` takes it off.
pub(super) fn without_ending(path: &str) -> &str {
    let name_at = path.rfind('/').map_or(0, |slash| slash + 1);
    let name = path.get(name_at..).unwrap_or_default();
    let dots = name.len() - name.trim_start_matches('.').len();
    match name.rfind('.') {
        Some(dot) if dot >= dots => path.get(..name_at + dot).unwrap_or(path),
        _ => path,
    }
}

#[cfg(test)]
mod tests {
    use super::{join, split, without_ending};

    #[test]
    fn paths_are_taken_apart_as_python_does() {
        assert_eq!(join("/a", "b"), "/a/b");
        assert_eq!(join("/a/", "b"), "/a/b");
        assert_eq!(join("/a", "/b"), "/b");
        assert_eq!(join("", "b"), "b");
        assert_eq!(split("/a//b"), ("/a", "b"));
        assert_eq!(split("/b"), ("/", "b"));
        assert_eq!(split("b"), ("", "b"));
        assert_eq!(split("//"), ("//", ""));
        assert_eq!(without_ending("/a.d/b.conf"), "/a.d/b");
        assert_eq!(without_ending("/a.d/b"), "/a.d/b");
        assert_eq!(without_ending("/a/..conf"), "/a/..conf");
        assert_eq!(without_ending("x..conf"), "x.");
    }
}
