//! The socket, and the conversation over it.
use std::{
    fs::File,
    io,
    os::fd::{AsFd as _, OwnedFd},
    path::{Path, PathBuf},
    thread,
};

use rustix::{
    net::{
        AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, connect,
        netlink::{self, SocketAddrNetlink},
        recv, send, socket_with, sockopt,
    },
    thread::{LinkNameSpaceType, move_into_link_name_space},
};

use super::message::{Attributes, Batch, FAMILY_HEADER, HEADER, Request};
use crate::Place;

/// `NLMSG_ERROR`.
const ERROR: u16 = 2;
/// `NLMSG_DONE`.
const DONE: u16 = 3;
/// `NLM_F_DUMP_INTR`.
const INTERRUPTED: u16 = 0x10;
/// What the kernel is asked to take at once: some 200,000 addresses. Each step costs some milliseconds, and while it lasts nobody else can change the ruleset.
const WANTED_ROOM: usize = 4 << 20;
/// Errors come with the message that they are about, which may have 64 kB.
const READ_BUFFER: usize = 128 << 10;
/// Of what is sent, beside the bytes themselves, in the kernel's account.
const OVERHEAD: usize = 1 << 12;

/// The kernel's numbers of errors that are acted upon.
pub(crate) mod errno {
    use rustix::io::Errno;

    /// Not there.
    pub(crate) const ABSENT: i32 = Errno::NOENT.raw_os_error();
    /// The ruleset is of another generation.
    pub(crate) const RESTART: i32 = Errno::RESTART.raw_os_error();
    /// No room for more answers.
    pub(crate) const NO_ROOM: i32 = Errno::NOBUFS.raw_os_error();
    /// A dump that others have disturbed.
    pub(crate) const INTERRUPTED: i32 = Errno::INTR.raw_os_error();
}

/// Why there is no socket.
#[derive(Debug)]
pub(crate) enum OpenError {
    Namespace { file: PathBuf, source: io::Error },
    Socket(io::Error),
}

/// A socket to the packet filter of one network namespace.
#[derive(Debug)]
pub(crate) struct Socket {
    fd: OwnedFd,
    room: usize,
    sequence: u32,
    buffer: Vec<u8>,
}

impl Socket {
    /// Opens one. The calling thread stays in its namespace.
    pub(crate) fn open(place: &Place) -> Result<Self, OpenError> {
        let fd = match place.file() {
            None => open().map_err(OpenError::Socket)?,
            Some(file) => open_in(file)?,
        };
        // Beyond the system's limit, which only root of the machine may go.
        if sockopt::set_socket_send_buffer_size_force(&fd, WANTED_ROOM).is_err() {
            sockopt::set_socket_send_buffer_size(&fd, WANTED_ROOM)
                .map_err(|error| OpenError::Socket(error.into()))?;
        }
        if sockopt::set_socket_recv_buffer_size_force(&fd, WANTED_ROOM).is_err() {
            sockopt::set_socket_recv_buffer_size(&fd, WANTED_ROOM)
                .map_err(|error| OpenError::Socket(error.into()))?;
        }
        let room = sockopt::socket_send_buffer_size(&fd)
            .map_err(|error| OpenError::Socket(error.into()))?;
        Ok(Self {
            fd,
            // The kernel doubles what it is asked for, for its own account.
            room: (room / 2).saturating_sub(OVERHEAD),
            sequence: 0,
            buffer: vec![0; READ_BUFFER],
        })
    }

    /// How many bytes a batch may have.
    pub(crate) const fn room(&self) -> usize {
        self.room
    }

    /// Makes changes: all, or with an error none.
    pub(crate) fn change(&mut self, batch: Batch) -> io::Result<()> {
        if batch.is_empty() {
            return Ok(());
        }
        let (bytes, owed) = batch.finish();
        self.tell(&bytes)?;
        self.read_verdict(owed)
    }

    /// Whether changes could be made; none is.
    pub(crate) fn try_out(&mut self, batch: Batch) -> io::Result<()> {
        let (bytes, owed) = batch.finish_as_trial();
        self.tell(&bytes)?;
        self.read_verdict(owed)
    }

    /// The kernel has done all of it when it has taken the bytes, so the answers are there already.
    fn read_verdict(&mut self, owed: u32) -> io::Result<()> {
        let mut verdict = None;
        let mut acknowledged = false;
        loop {
            let read = match self.read() {
                Ok(read) => read,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                // The kernel had more answers than there was room for. What is left is read, so that it is not taken for that of the next question.
                Err(error) if error.raw_os_error() == Some(errno::NO_ROOM) => {
                    verdict.get_or_insert(error);
                    continue;
                }
                Err(error) => return Err(error),
            };
            for message in Messages(self.buffer.get(..read).unwrap_or_default()) {
                match message.error() {
                    Some(0) if message.sequence == owed => acknowledged = true,
                    Some(0) | None => {}
                    Some(code) => {
                        verdict.get_or_insert(io::Error::from_raw_os_error(code));
                    }
                }
            }
        }
        match verdict {
            Some(error) => Err(error),
            None if acknowledged => Ok(()),
            None => Err(io::Error::other("the kernel did not acknowledge")),
        }
    }

    /// Asks, and hands over the attributes of each answer.
    ///
    /// Answers `EINTR` where others changed the ruleset during it, after all was handed over.
    pub(crate) fn ask(
        &mut self,
        request: &Request<'_>,
        mut each: impl FnMut(Attributes<'_>),
    ) -> io::Result<()> {
        self.sequence = self.sequence.wrapping_add(1);
        let sequence = self.sequence;
        self.tell(&request.bytes(sequence))?;
        let mut disturbed = false;
        loop {
            let read = self.read()?;
            for message in Messages(self.buffer.get(..read).unwrap_or_default()) {
                if message.sequence != sequence {
                    continue;
                }
                disturbed |= message.flags & INTERRUPTED != 0;
                match message.error() {
                    Some(0) if disturbed => {
                        return Err(io::Error::from_raw_os_error(errno::INTERRUPTED));
                    }
                    Some(0) => return Ok(()),
                    Some(code) => return Err(io::Error::from_raw_os_error(code)),
                    None => each(Attributes::new(
                        message.payload.get(FAMILY_HEADER..).unwrap_or_default(),
                    )),
                }
            }
        }
    }

    fn tell(&self, bytes: &[u8]) -> io::Result<()> {
        loop {
            match send(&self.fd, bytes, SendFlags::empty()) {
                Ok(sent) if sent == bytes.len() => return Ok(()),
                Ok(_) => return Err(io::Error::other("the kernel took a part of a message")),
                Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    fn read(&mut self) -> io::Result<usize> {
        loop {
            let flags = RecvFlags::DONTWAIT | RecvFlags::TRUNC;
            match recv(&self.fd, self.buffer.as_mut_slice(), flags) {
                Ok((_, length)) if length > self.buffer.len() => {
                    return Err(io::Error::other("the kernel's answer is too long"));
                }
                Ok((_, length)) => return Ok(length),
                Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}

/// A socket that hears the kernel alone.
fn open() -> io::Result<OwnedFd> {
    let fd = socket_with(
        AddressFamily::NETLINK,
        SocketType::RAW,
        SocketFlags::CLOEXEC,
        Some(netlink::NETFILTER),
    )?;
    connect(&fd, &SocketAddrNetlink::new(0, 0))?;
    Ok(fd)
}

/// A socket belongs to the namespace in which it was made, whoever uses it then: so a thread goes there, makes it, and ends.
fn open_in(file: &Path) -> Result<OwnedFd, OpenError> {
    let failed = |source: io::Error| OpenError::Namespace {
        file: file.to_owned(),
        source,
    };
    thread::scope(|scope| {
        let there = scope.spawn(|| {
            let namespace = File::open(file).map_err(failed)?;
            move_into_link_name_space(namespace.as_fd(), Some(LinkNameSpaceType::Network))
                .map_err(|error| failed(error.into()))?;
            open().map_err(OpenError::Socket)
        });
        match there.join() {
            Ok(opened) => opened,
            Err(_) => Err(OpenError::Socket(io::Error::other("a thread panicked"))),
        }
    })
}

/// A message that was read.
struct Message<'a> {
    kind: u16,
    flags: u16,
    sequence: u32,
    payload: &'a [u8],
}

impl Message<'_> {
    /// The number of the error with which the answer ends, 0 being none; `None` where it goes on.
    fn error(&self) -> Option<i32> {
        if self.kind != ERROR && self.kind != DONE {
            return None;
        }
        let code = self.payload.get(..4).and_then(|code| code.try_into().ok());
        Some(code.map_or(0, i32::from_ne_bytes).saturating_neg())
    }
}

struct Messages<'a>(&'a [u8]);

impl<'a> Iterator for Messages<'a> {
    type Item = Message<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        let number = |from: usize| {
            Some(u32::from_ne_bytes(
                self.0.get(from..from + 4)?.try_into().ok()?,
            ))
        };
        let half = |from: usize| {
            Some(u16::from_ne_bytes(
                self.0.get(from..from + 2)?.try_into().ok()?,
            ))
        };
        let length = usize::try_from(number(0)?).ok()?;
        let message = Message {
            kind: half(4)?,
            flags: half(6)?,
            sequence: number(8)?,
            payload: self.0.get(HEADER..length)?,
        };
        self.0 = self.0.get(length.next_multiple_of(4)..).unwrap_or_default();
        Some(message)
    }
}
