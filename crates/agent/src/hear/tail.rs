//! The lines of a log file across rotations, each once and in order.
//!
//! A file is known by its inode and by a hash of its first bytes: the name moves at a rotation, the inode is used again after a copy and truncation. Everything here blocks.
mod chain;
mod source;
#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeMap, VecDeque},
    fs, io,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use self::source::Source;
use super::facts::Place;
use crate::file_end;

/// A file as it is recognised later, under whatever name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FileId {
    #[serde(rename = "d")]
    pub(crate) device: u64,
    #[serde(rename = "i")]
    pub(crate) inode: u64,
    /// How many bytes of its beginning are hashed: fewer where it was shorter.
    #[serde(rename = "n")]
    pub(crate) head_bytes: u32,
    #[serde(rename = "h")]
    pub(crate) head: String,
}

/// A place that is still known after a restart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Position {
    #[serde(rename = "f")]
    pub(crate) file: FileId,
    #[serde(rename = "b")]
    pub(crate) byte: u64,
}

/// A file that waits to be read.
#[derive(Debug, Clone)]
struct Waiting {
    path: PathBuf,
    number: u32,
    /// Where its unread part begins.
    byte: u64,
}

/// What reading gives.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Read<'a> {
    /// A whole line, without its end.
    Line { place: Place, text: &'a [u8] },
    /// Nothing more for now.
    End {
        /// Whether there is a log at all.
        open: bool,
    },
}

/// A time of which nothing was read, because its files cannot be. In milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Unread {
    /// What was read last was written then.
    pub(crate) from: i64,
    /// What was left out was last written to then.
    pub(crate) until: i64,
}

/// Reads one log.
#[derive(Debug)]
pub(crate) struct Tail {
    path: PathBuf,
    current: Option<Source>,
    waiting: VecDeque<Waiting>,
    /// The files that were read or will be, as far as they are still needed.
    files: BTreeMap<u32, FileId>,
    next_number: u32,
    /// The successor has begun; what is left of the current file is read first.
    switching: bool,
    /// The end was told: what comes next may be another text in the same file.
    rested: bool,
    unread: Option<Unread>,
}

/// From where to read.
#[derive(Debug, Default)]
pub(crate) struct Resume<'a> {
    /// From here; `None` is from the oldest file that there is.
    pub(crate) from: Option<&'a Position>,
    /// Up to here it was told before.
    pub(crate) told: Option<&'a Position>,
    /// When the last line was written that was read.
    pub(crate) last_millis: Option<i64>,
}

impl Unread {
    fn of(resume: &Resume<'_>, chain: &chain::Chain) -> Option<Self> {
        Some(Self {
            from: resume.last_millis?,
            until: chain.left_out?,
        })
    }
}

impl Tail {
    /// Finds the place to go on. Answers also from where lines are new; `None` where that place is lost.
    pub(crate) fn resume(path: &Path, resume: &Resume<'_>) -> (Self, Option<Place>) {
        let chain = chain::find(path, resume);
        let unread = Unread::of(resume, &chain);
        let mut tail = Self {
            path: path.to_owned(),
            current: None,
            waiting: VecDeque::new(),
            files: BTreeMap::new(),
            next_number: 0,
            switching: false,
            rested: false,
            unread,
        };
        let mut new_from = None;
        for link in chain.links {
            let number = tail.number();
            if let Some(told) = resume.told
                && new_from.is_none()
                && chain::is_same(&link.path, &told.file)
            {
                new_from = Some(Place {
                    file: number,
                    byte: told.byte,
                });
            }
            tail.waiting.push_back(Waiting {
                path: link.path,
                number,
                byte: link.byte,
            });
        }
        let nothing_told = Place::default();
        let new_from = match resume.told {
            Some(_) => new_from,
            None => Some(nothing_told),
        };
        (tail, new_from)
    }

    /// Reads a log from one of its bytes on, and what follows it.
    pub(crate) fn from_byte(path: &Path, byte: u64) -> io::Result<Self> {
        const NUMBER: u32 = 1;
        let source = Source::open(path, NUMBER, byte)?;
        Ok(Self {
            path: path.to_owned(),
            files: BTreeMap::from([(NUMBER, source.id().clone())]),
            current: Some(source),
            waiting: VecDeque::new(),
            next_number: NUMBER,
            switching: false,
            rested: false,
            unread: None,
        })
    }

    /// What is in the first file that is to be read, shortly before the place to read on from; nothing where that cannot be had at once.
    pub(crate) fn before_first(&self) -> Vec<u8> {
        /// Some minutes of a daemon under attack.
        const BYTES: u64 = 1 << 20;
        let Some(first) = self.waiting.front() else {
            return Vec::new();
        };
        if first.byte == 0 || source::is_compressed(&first.path) {
            return Vec::new();
        }
        let read = source::regular(&first.path)
            .and_then(|file| file_end::read(&file, first.byte, usize::MAX, BYTES));
        read.map(|end| end.bytes).unwrap_or_default()
    }

    fn number(&mut self) -> u32 {
        self.next_number += 1;
        self.next_number
    }

    /// The path of the log that is written to.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The next line. An error says that the log cannot be read now; asking again tries again.
    pub(crate) fn read(&mut self) -> io::Result<Read<'_>> {
        if self.rested {
            // Truncated and grown since, it would be read on in the midst of what is new.
            self.begin_anew_if_truncated()?;
            self.rested = false;
        }
        loop {
            if self.current.is_none() && !self.open_next()? {
                return Ok(Read::End { open: false });
            }
            let Some(source) = self.current.as_mut() else {
                return Ok(Read::End { open: false });
            };
            if source.fill()? {
                break;
            }
            if !self.advance()? {
                self.rested = true;
                return Ok(Read::End {
                    open: self.current.is_some(),
                });
            }
        }
        // Borrowed anew: the borrow checker does not see that the loop above ends with a line.
        let Some(source) = self.current.as_mut() else {
            return Ok(Read::End { open: false });
        };
        let (place, text) = source.line();
        Ok(Read::Line { place, text })
    }

    /// At the end of a file: whether there is more to read, in it or in another one.
    fn advance(&mut self) -> io::Result<bool> {
        let Some(source) = self.current.as_mut() else {
            return Ok(false);
        };
        match self.waiting.front() {
            // The log itself is read when the file before it is complete.
            Some(next) if next.path == self.path => return self.switch(),
            Some(_) => {
                self.current = None;
                return Ok(true);
            }
            None => {}
        }
        let found = match fs::metadata(&self.path) {
            Ok(found) => found,
            // Between a rename and the new file.
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(error),
        };
        if !source.is(&found) {
            self.queue_successors()?;
            return self.advance_to_successor();
        }
        if source.was_truncated(&found)? {
            self.begin_anew();
            return Ok(true);
        }
        if let Some(id) = source.grown_id()? {
            self.files.insert(source.place().file, id);
        }
        Ok(false)
    }

    fn begin_anew_if_truncated(&mut self) -> io::Result<()> {
        let Some(source) = &self.current else {
            return Ok(());
        };
        let found = match fs::metadata(&self.path) {
            Ok(found) => found,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error),
        };
        if source.is(&found) && source.was_truncated(&found)? {
            self.begin_anew();
        }
        Ok(())
    }

    /// The log was truncated: what is left of the copy that was made of it before, then the log.
    fn begin_anew(&mut self) {
        let Some(source) = self.current.take() else {
            return;
        };
        let (id, byte) = (source.id().clone(), source.place().byte);
        if let Some(copy) = chain::copy_of(&self.path, &id, byte) {
            self.queue(copy, byte);
        }
        self.queue(self.path.clone(), 0);
    }

    fn advance_to_successor(&mut self) -> io::Result<bool> {
        if self.waiting.len() == 1 {
            return self.switch();
        }
        self.current = None;
        Ok(true)
    }

    /// Goes on to the log itself once it has begun: fail2ban writes to the renamed file until it has opened the new one, so the new one's first line ends the old one.
    fn switch(&mut self) -> io::Result<bool> {
        if self.switching {
            self.switching = false;
            self.current = None;
            return Ok(true);
        }
        match fs::metadata(&self.path) {
            // What was written to the old file up to now is still read.
            Ok(found) => self.switching = found.len() > 0,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        Ok(self.switching)
    }

    /// The log was renamed: what follows the file that is open.
    fn queue_successors(&mut self) -> io::Result<()> {
        let Some(source) = &self.current else {
            return Ok(());
        };
        let from = Position {
            file: source.id().clone(),
            byte: source.place().byte,
        };
        let resume = Resume {
            from: Some(&from),
            told: None,
            last_millis: Some(source.written_millis()?),
        };
        let chain = chain::find(&self.path, &resume);
        self.unread = self.unread.or(Unread::of(&resume, &chain));
        for link in chain.links.into_iter().filter(|link| link.byte == 0) {
            self.queue(link.path, 0);
        }
        Ok(())
    }

    fn queue(&mut self, path: PathBuf, byte: u64) {
        let number = self.number();
        self.waiting.push_back(Waiting { path, number, byte });
    }

    /// Opens the next file; `false` when there is none.
    fn open_next(&mut self) -> io::Result<bool> {
        if self.waiting.is_empty() {
            self.queue(self.path.clone(), 0);
        }
        while let Some(next) = self.waiting.front().cloned() {
            match Source::open(&next.path, next.number, next.byte) {
                Ok(source) => {
                    self.waiting.pop_front();
                    self.files.insert(next.number, source.id().clone());
                    self.current = Some(source);
                    return Ok(true);
                }
                // A rotated one was removed meanwhile.
                Err(_) if next.path != self.path => {
                    tracing::warn!(log.path = %next.path.display(), "a rotated log went before it was read");
                    self.waiting.pop_front();
                }
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
                Err(error) => return Err(error),
            }
        }
        Ok(false)
    }

    /// A time of which nothing was read; told once.
    pub(crate) const fn take_unread(&mut self) -> Option<Unread> {
        self.unread.take()
    }

    /// Where the next line begins; `None` before any file was opened.
    pub(crate) fn place(&self) -> Option<Place> {
        self.current.as_ref().map(Source::place)
    }

    /// A place as it can be found after a restart.
    pub(crate) fn position(&self, place: Place) -> Option<Position> {
        Some(Position {
            file: self.files.get(&place.file)?.clone(),
            byte: place.byte,
        })
    }

    /// Files before this place are not asked for any more.
    pub(crate) fn forget_before(&mut self, place: Place) {
        self.files = self.files.split_off(&place.file);
    }
}
