//! Being told when a file changes.
use std::{
    ffi::OsString,
    io,
    mem::MaybeUninit,
    os::{fd::OwnedFd, unix::ffi::OsStrExt},
    path::Path,
};

use rustix::{
    fs::inotify::{self, CreateFlags, ReadFlags, Reader, WatchFlags},
    io::Errno,
};
use tokio::io::unix::AsyncFd;

/// Watches the folder of a log, so that rotations are seen too.
#[derive(Debug)]
pub(crate) struct Watch {
    changes: AsyncFd<OwnedFd>,
    /// The name of the log; others in its folder are not looked at.
    name: OsString,
}

impl Watch {
    /// Watches a path. Fails where the system has no watch left, or the folder may not be read; then the file has to be looked at now and then.
    pub(crate) fn of(path: &Path) -> io::Result<Self> {
        let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
            return Err(io::Error::other("the path has no folder"));
        };
        let changes = inotify::init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK)?;
        inotify::add_watch(
            &changes,
            folder,
            WatchFlags::MODIFY | WatchFlags::CREATE | WatchFlags::MOVED_TO | WatchFlags::ONLYDIR,
        )?;
        #[expect(
            deprecated,
            reason = "it is for descriptors that are closed or exchanged while they are registered; this one is owned and stays"
        )]
        let changes = AsyncFd::new(changes)?;
        Ok(Self {
            changes,
            name: name.to_owned(),
        })
    }

    /// Waits until the file was written to, made, or put in its place. May be given up at any time.
    pub(crate) async fn changed(&self) -> io::Result<()> {
        loop {
            let mut ready = self.changes.readable().await?;
            match self.drain() {
                Ok(true) => return Ok(()),
                Ok(false) => ready.clear_ready(),
                Err(error) => return Err(error),
            }
        }
    }

    /// Reads all that is there; whether the file was meant.
    fn drain(&self) -> io::Result<bool> {
        let mut space = [MaybeUninit::uninit(); 4096];
        let mut events = Reader::new(self.changes.get_ref(), &mut space);
        let mut meant = false;
        loop {
            match events.next() {
                Ok(event) => {
                    // Without a name: too many changes to be listed.
                    let is_meant = |name: &std::ffi::CStr| name.to_bytes() == self.name.as_bytes();
                    meant |= event.file_name().is_none_or(is_meant)
                        || event.events().contains(ReadFlags::QUEUE_OVERFLOW);
                }
                Err(Errno::AGAIN) => return Ok(meant),
                Err(error) => return Err(error.into()),
            }
        }
    }
}
