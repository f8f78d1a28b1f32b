//! Which files belong to a log, and from which one to read on.
use std::{
    fs,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

use super::{
    FileId, Resume,
    source::{identify, is_compressed},
};

/// A file and where its unread part begins.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Link {
    pub(super) path: PathBuf,
    pub(super) byte: u64,
}

/// A rotated file.
struct Rotated {
    path: PathBuf,
    /// When it was last written to, in milliseconds.
    written: i64,
}

/// The files to read, oldest first; the log itself is the last one.
pub(super) fn find(path: &Path, resume: &Resume<'_>) -> Vec<Link> {
    let rotated = rotated(path);
    let whole = |path: &Path| Link {
        path: path.to_owned(),
        byte: 0,
    };
    let Some(from) = resume.from else {
        let mut chain: Vec<Link> = rotated.iter().map(|file| whole(&file.path)).collect();
        chain.push(whole(path));
        return chain;
    };
    if is_same(path, &from.file) && is_long(path, from.byte) {
        return vec![Link {
            path: path.to_owned(),
            byte: from.byte,
        }];
    }
    let begun = rotated
        .iter()
        .rposition(|file| is_same(&file.path, &from.file));
    let mut chain = Vec::new();
    if let Some(begun) = begun {
        for (number, file) in rotated.iter().enumerate().skip(begun) {
            let byte = if number == begun { from.byte } else { 0 };
            chain.push(Link {
                path: file.path.clone(),
                byte,
            });
        }
    } else {
        // It is gone; what was written since is all that there is.
        let since = resume.last_millis.unwrap_or(i64::MIN);
        let newer = rotated.iter().filter(|file| file.written > since);
        chain.extend(newer.map(|file| whole(&file.path)));
    }
    chain.push(whole(path));
    chain
}

/// The copy that was made of a log before it was truncated, if it holds more than was read.
pub(super) fn copy_of(path: &Path, id: &FileId, byte: u64) -> Option<PathBuf> {
    let copies = rotated(path).into_iter().rev();
    copies
        .map(|file| file.path)
        .find(|copy| has_head(copy, id) && is_long(copy, byte))
}

/// Whether this is the file, perhaps under another name, copied or compressed.
pub(super) fn is_same(path: &Path, id: &FileId) -> bool {
    if id.head_bytes > 0 {
        return has_head(path, id);
    }
    // It was empty when it was looked at.
    fs::metadata(path).is_ok_and(|found| found.dev() == id.device && found.ino() == id.inode)
}

fn has_head(path: &Path, id: &FileId) -> bool {
    id.head_bytes > 0
        && identify(path, id.head_bytes as usize)
            .is_ok_and(|found| found.head_bytes == id.head_bytes && found.head == id.head)
}

fn is_long(path: &Path, bytes: u64) -> bool {
    is_compressed(path) || fs::metadata(path).is_ok_and(|found| found.size() >= bytes)
}

/// The rotated files of a log, oldest first: `name.1`, `name.2.gz`, `name-20261123`, `name-20261123.gz`.
fn rotated(path: &Path) -> Vec<Rotated> {
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
        return Vec::new();
    };
    let name = name.to_string_lossy();
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut found: Vec<Rotated> = entries
        .flatten()
        .filter(|entry| {
            let other = entry.file_name();
            let rest = other.to_str().and_then(|other| other.strip_prefix(&*name));
            rest.is_some_and(is_rotation)
        })
        .filter_map(|entry| {
            let data = entry.metadata().ok().filter(fs::Metadata::is_file)?;
            Some(Rotated {
                path: entry.path(),
                written: data.mtime() * 1_000 + data.mtime_nsec() / 1_000_000,
            })
        })
        .collect();
    // The name decides among copies of one moment: a higher number is older.
    found.sort_by(|a, b| (a.written, &b.path).cmp(&(b.written, &a.path)));
    found
}

fn is_rotation(rest: &str) -> bool {
    let rest = rest.strip_suffix(".gz").unwrap_or(rest);
    let number = rest.strip_prefix(['.', '-']).unwrap_or_default();
    !number.is_empty()
        && number
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'-')
}
