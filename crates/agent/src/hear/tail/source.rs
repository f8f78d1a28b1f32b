//! One file of a log, line by line.
use std::{
    fmt,
    fs::{File, Metadata},
    io::{self, Read, Seek, SeekFrom},
    os::unix::fs::{FileExt, MetadataExt},
    path::Path,
};

use flate2::read::MultiGzDecoder;
use sha2::{Digest, Sha256};

use super::FileId;
use crate::hear::facts::Place;

/// How many bytes of its beginning tell a file from others: the first line with its milliseconds and process, and a part of the next.
const HEAD_BYTES: usize = 256;

/// What is read at once.
const BLOCK: usize = 64 * 1024;

/// A line longer than this is passed over: none that tells something is a tenth as long.
const MAX_LINE: usize = 512 * 1024;

/// An open file.
pub(super) struct Source {
    /// The file itself: for a compressed one what the reader reads from.
    file: File,
    reader: Box<dyn Read + Send>,
    compressed: bool,
    id: FileId,
    number: u32,
    /// The place in the file where `buffer` begins.
    base: u64,
    buffer: Vec<u8>,
    /// Where the next line begins in the buffer.
    next: usize,
    /// Where the line that was just given ends, with its line end.
    end: usize,
    /// Within a line that is too long.
    skipping: bool,
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Source")
            .field("id", &self.id)
            .field("place", &self.place())
            .finish_non_exhaustive()
    }
}

impl Source {
    /// Opens a file at a byte of its (decompressed) text.
    pub(super) fn open(path: &Path, number: u32, byte: u64) -> io::Result<Self> {
        let mut file = regular(path)?;
        let compressed = is_compressed(path);
        let id = identify(path, HEAD_BYTES)?;
        let reader: Box<dyn Read + Send> = if compressed {
            let mut text = MultiGzDecoder::new(file.try_clone()?);
            io::copy(&mut text.by_ref().take(byte), &mut io::sink())?;
            Box::new(text)
        } else {
            file.seek(SeekFrom::Start(byte))?;
            Box::new(file.try_clone()?)
        };
        Ok(Self {
            file,
            reader,
            compressed,
            id,
            number,
            base: byte,
            buffer: Vec::new(),
            next: 0,
            end: 0,
            skipping: false,
        })
    }

    pub(super) const fn id(&self) -> &FileId {
        &self.id
    }

    /// Where the next line begins.
    pub(super) fn place(&self) -> Place {
        Place {
            file: self.number,
            byte: self.base + self.next as u64,
        }
    }

    /// Makes a whole line ready; `false` at the end of what was written.
    pub(super) fn fill(&mut self) -> io::Result<bool> {
        let mut searched = self.next;
        loop {
            let unseen = self.buffer.get(searched..).unwrap_or_default();
            if let Some(found) = memchr::memchr(b'\n', unseen) {
                self.end = searched + found + 1;
                if !self.skipping {
                    return Ok(true);
                }
                self.skipping = false;
                self.next = self.end;
                searched = self.next;
                continue;
            }
            self.drop_read();
            if self.buffer.len() > MAX_LINE {
                self.skipping = true;
                self.next = self.buffer.len();
                self.drop_read();
            }
            searched = self.buffer.len();
            let old = self.buffer.len();
            self.buffer.resize(old + BLOCK, 0);
            let space = self.buffer.get_mut(old..).unwrap_or_default();
            let read = self.reader.read(space);
            self.buffer.truncate(old + *read.as_ref().unwrap_or(&0));
            if read? == 0 {
                return Ok(false);
            }
        }
    }

    fn drop_read(&mut self) {
        self.buffer.drain(..self.next);
        self.base += self.next as u64;
        self.next = 0;
    }

    /// The line that [`Source::fill`] made ready, and where it begins.
    pub(super) fn line(&mut self) -> (Place, &[u8]) {
        let place = self.place();
        let begin = std::mem::replace(&mut self.next, self.end);
        let line = self.buffer.get(begin..self.end.saturating_sub(1));
        (place, line.unwrap_or_default())
    }

    /// Whether this is the file with these data.
    pub(super) fn is(&self, found: &Metadata) -> bool {
        self.id.device == found.dev() && self.id.inode == found.ino()
    }

    /// When the file was last written to.
    pub(super) fn written_millis(&self) -> io::Result<i64> {
        let data = self.file.metadata()?;
        Ok(data.mtime() * 1_000 + data.mtime_nsec() / 1_000_000)
    }

    /// Whether the file begins anew: it is shorter than what was read, or begins otherwise.
    pub(super) fn was_truncated(&self, found: &Metadata) -> io::Result<bool> {
        if self.compressed {
            return Ok(false);
        }
        if found.size() < self.base + self.buffer.len() as u64 {
            return Ok(true);
        }
        Ok(hash_of(&self.file, self.id.head_bytes)?.as_ref() != Some(&self.id.head))
    }

    /// A better identity, when the file was too short for one before.
    pub(super) fn grown_id(&mut self) -> io::Result<Option<FileId>> {
        if self.compressed || self.id.head_bytes as usize >= HEAD_BYTES {
            return Ok(None);
        }
        let (head_bytes, head) = head(&mut At(&self.file, 0), HEAD_BYTES)?;
        if head_bytes == self.id.head_bytes {
            return Ok(None);
        }
        (self.id.head_bytes, self.id.head) = (head_bytes, head);
        Ok(Some(self.id.clone()))
    }
}

/// Opens only what is a file: a pipe in its place would hold whoever opens it.
pub(super) fn regular(path: &Path) -> io::Result<File> {
    let is_file = std::fs::metadata(path)?.is_file();
    if is_file {
        File::open(path)
    } else {
        Err(io::Error::other("the log is not a file"))
    }
}

pub(super) fn is_compressed(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "gz")
}

/// Reads a file from a place, without moving the place where others read.
struct At<'a>(&'a File, u64);

impl Read for At<'_> {
    fn read(&mut self, space: &mut [u8]) -> io::Result<usize> {
        let read = self.0.read_at(space, self.1)?;
        self.1 += read as u64;
        Ok(read)
    }
}

fn hash_of(file: &File, bytes: u32) -> io::Result<Option<String>> {
    let (read, hash) = head(&mut At(file, 0), bytes as usize)?;
    Ok((read == bytes).then_some(hash))
}

/// The number and the hash of at most so many first bytes.
fn head(reader: &mut dyn Read, bytes: usize) -> io::Result<(u32, String)> {
    let mut text = Vec::with_capacity(bytes);
    reader.take(bytes as u64).read_to_end(&mut text)?;
    let mut hash = String::new();
    for byte in Sha256::digest(&text).iter().take(8) {
        use fmt::Write as _;
        let _ = write!(hash, "{byte:02x}");
    }
    Ok((u32::try_from(text.len()).unwrap_or(u32::MAX), hash))
}

/// The identity of a file by so many bytes of its (decompressed) beginning.
pub(super) fn identify(path: &Path, bytes: usize) -> io::Result<FileId> {
    let file = regular(path)?;
    let found = file.metadata()?;
    let (head_bytes, head) = if is_compressed(path) {
        head(&mut MultiGzDecoder::new(file), bytes)?
    } else {
        head(&mut At(&file, 0), bytes)?
    };
    Ok(FileId {
        device: found.dev(),
        inode: found.ino(),
        head_bytes,
        head,
    })
}
