//! The pipe over which the client script asks the lab to start its daemon.

use std::fs::{self, File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use rustix::fs::{CWD, FileType, Mode, mknodat};

use crate::LabError;
use crate::daemon::Daemon;

/// The listening end of the pipe; ends with its owner.
#[derive(Debug)]
pub(crate) struct Control {
    pipe: File,
    thread: Option<JoinHandle<()>>,
}

impl Control {
    pub(crate) fn listen(path: &Path, daemon: Arc<Daemon>) -> Result<Self, LabError> {
        // One from an earlier run has no reader any more.
        if path.exists() {
            fs::remove_file(path).map_err(LabError::io("remove", path))?;
        }
        mknodat(CWD, path, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0)
            .map_err(|error| LabError::io("make the pipe", path)(error.into()))?;
        // Opened for both directions it never meets an end of file, and opening it does not wait for a writer.
        let pipe = OpenOptions::new()
            .read(true)
            .write(true)
            .open(path)
            .map_err(LabError::io("open the pipe", path))?;
        let reader = pipe
            .try_clone()
            .map_err(LabError::io("open the pipe", path))?;
        let thread = thread::Builder::new()
            .name("lab-control".into())
            .spawn(move || obey(BufReader::new(reader), &daemon))
            .map_err(LabError::io("listen on the pipe", path))?;
        Ok(Self {
            pipe,
            thread: Some(thread),
        })
    }
}

fn obey(lines: BufReader<File>, daemon: &Daemon) {
    for line in lines.lines() {
        match line.as_deref() {
            Ok("start") => {
                if let Err(error) = daemon.spawn() {
                    tracing::warn!(%error, "the daemon could not be started");
                }
            }
            Ok("end") | Err(_) => return,
            Ok(_) => tracing::debug!("a word on the control pipe that the lab does not know"),
        }
    }
}

impl Drop for Control {
    fn drop(&mut self) {
        if self.pipe.write_all(b"end\n").is_ok()
            && let Some(thread) = self.thread.take()
        {
            let _ = thread.join();
        }
    }
}
