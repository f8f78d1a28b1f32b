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

/// The files to read.
#[derive(Debug, Default)]
pub(super) struct Chain {
    /// Oldest first; the log itself is the last one.
    pub(super) links: Vec<Link>,
    /// When what was left out was last written to: files that are compressed in a way that is not read here.
    pub(super) left_out: Option<i64>,
}

/// A file's time is a moment after that of its last line.
const WRITTEN_LATER_MILLIS: i64 = 1_000;

/// The endings of other ways to compress. gzip is what logrotate does unless it is told otherwise.
const NOT_READ: [&str; 6] = [".xz", ".zst", ".bz2", ".lzma", ".lz4", ".Z"];

/// The files to read.
pub(super) fn find(path: &Path, resume: &Resume<'_>) -> Chain {
    let links = links(path, resume);
    let begins_in_the_log = links.len() == 1 && links.iter().all(|link| link.byte > 0);
    let left_out = resume
        .last_millis
        .filter(|_| !begins_in_the_log)
        .and_then(|since| left_out(path, since));
    Chain { links, left_out }
}

/// When what cannot be read was last written to, if that was after this moment.
fn left_out(path: &Path, since: i64) -> Option<i64> {
    let packed = |rest: &str| {
        let name = NOT_READ.iter().find_map(|end| rest.strip_suffix(end));
        name.is_some_and(is_rotation)
    };
    let newest = siblings(path, packed).last()?.written;
    (newest > since + WRITTEN_LATER_MILLIS).then_some(newest)
}

fn links(path: &Path, resume: &Resume<'_>) -> Vec<Link> {
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
    siblings(path, is_rotation)
}

/// The files beside a log whose names go on like this, oldest first.
fn siblings(path: &Path, is_meant: impl Fn(&str) -> bool) -> Vec<Rotated> {
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
            rest.is_some_and(&is_meant)
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
