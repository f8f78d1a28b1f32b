//! The daemon's process: started in the foreground below the lab, ended with it.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError, mpsc};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout};

use crate::enforcement::from_words;
use crate::folder::Folder;
use crate::{Installation, LabError, socket};

/// A loaded machine starts 30 jails in a few seconds; beyond this it hangs.
const START_LIMIT: Duration = Duration::from_secs(30);

/// The daemon stops its jails one after another, each within its poll of a second.
const STOP_LIMIT: Duration = Duration::from_secs(20);

/// The kernel ends the daemon when the lab ends without a word. It comes after `nsenter`, because a change of
/// credentials would clear it; the comparison is for a lab that ended before the kernel was told.
const PROTECTION: [&str; 7] = [
    "setpriv",
    "--pdeathsig",
    "KILL",
    "--",
    "sh",
    "-c",
    r#"[ "$PPID" = "$0" ] && exec "$@""#,
];

const POLL: Duration = Duration::from_millis(15);

/// One daemon, running or not.
#[derive(Debug)]
pub(crate) struct Daemon {
    installation: Installation,
    folder: Folder,
    /// What is put before its command line.
    prefix: Vec<String>,
    /// The names of all jails as the daemon lists them.
    jail_list: String,
    process: Mutex<Option<Process>>,
}

/// A process and the thread that started it and waits for its end.
#[derive(Debug)]
struct Process {
    pid: u32,
    /// A signal through it can never hit a later process of the same number.
    handle: OwnedFd,
    ended: watch::Receiver<bool>,
    thread: JoinHandle<()>,
}

impl Daemon {
    pub(crate) fn new(
        installation: Installation,
        folder: Folder,
        prefix: Vec<String>,
        mut jails: Vec<String>,
    ) -> Self {
        jails.sort();
        Self {
            installation,
            folder,
            prefix,
            jail_list: jails.join(", "),
            process: Mutex::new(None),
        }
    }

    /// The daemon's process id, while it runs.
    pub(crate) fn pid(&self) -> Option<u32> {
        self.lock()
            .as_ref()
            .filter(|process| !*process.ended.borrow())
            .map(|process| process.pid)
    }

    /// Starts the process, unless it runs; does not wait until it answers. Blocks for the fork.
    pub(crate) fn spawn(&self) -> Result<(), LabError> {
        let mut process = self.lock();
        if process.as_ref().is_some_and(|old| !*old.ended.borrow()) {
            return Ok(());
        }
        let server = &self.installation.server;
        *process = Some(Process::start(self.command()?).map_err(LabError::io("start", server))?);
        Ok(())
    }

    /// Starts the daemon, unless it runs, and waits until it has all its jails.
    pub(crate) async fn start(&self) -> Result<(), LabError> {
        self.spawn()?;
        let limit = Instant::now() + START_LIMIT;
        while !self.is_ready().await {
            if self.pid().is_none() || Instant::now() > limit {
                let output = std::fs::read_to_string(&self.folder.output).unwrap_or_default();
                self.kill().await;
                return Err(LabError::NotStarted {
                    output: output.trim().to_owned(),
                });
            }
            sleep(POLL).await;
        }
        Ok(())
    }

    /// The daemon reads its whole configuration in one command, during which it answers nobody: when it lists
    /// the jails, all of them are set up.
    async fn is_ready(&self) -> bool {
        let reply = socket::ask(&self.folder.socket, "status").await;
        let list = self.jail_list.as_bytes();
        reply.is_ok_and(|reply| {
            list.is_empty() || reply.windows(list.len()).any(|window| window == list)
        })
    }

    /// Stops the daemon as its unit does, and ends it when it does not obey.
    pub(crate) async fn stop(&self) {
        if self.pid().is_none() {
            return;
        }
        // The reply says nothing that the end of the process does not say better. SIGTERM would be wrong: it can
        // deadlock a daemon that is just executing an action.
        if let Err(error) = socket::ask(&self.folder.socket, "stop").await {
            tracing::debug!(%error, "the daemon did not answer to stop");
        }
        if timeout(STOP_LIMIT, self.ended()).await.is_err() {
            tracing::warn!("the daemon did not stop in time and is killed");
            self.kill().await;
        }
    }

    /// Ends the daemon without a chance to clean up.
    pub(crate) async fn kill(&self) {
        self.signal_kill();
        self.ended().await;
    }

    async fn ended(&self) {
        let ended = self.lock().as_ref().map(|process| process.ended.clone());
        if let Some(mut ended) = ended {
            // An error means that the thread is gone, and it goes after the process.
            let _ = ended.wait_for(|ended| *ended).await;
        }
    }

    fn signal_kill(&self) {
        if let Some(process) = self.lock().as_ref()
            && let Err(error) = pidfd_send_signal(&process.handle, Signal::KILL)
        {
            tracing::debug!(%error, "the daemon had ended before");
        }
    }

    fn command(&self) -> Result<Command, LabError> {
        let Folder {
            root,
            socket,
            pid_file,
            config,
            output,
            ..
        } = &self.folder;
        let writer = open(output).map_err(LabError::io("write", output))?;
        let errors = writer.try_clone().map_err(LabError::io("write", output))?;
        let lab = std::process::id().to_string();
        let protected = PROTECTION.iter().copied().chain([lab.as_str()]);
        let prefix = self.prefix.iter().map(String::as_str);
        let mut command = from_words(prefix.chain(protected));
        command
            .arg(&self.installation.server)
            .arg("-c")
            .arg(config)
            .arg("-s")
            .arg(socket)
            .arg("-p")
            .arg(pid_file)
            // -x: the socket of a daemon that was killed is in the way otherwise.
            .args(["-x", "-f", "start"])
            .current_dir(root)
            .stdin(Stdio::null())
            .stdout(writer)
            .stderr(errors)
            // Ctrl-C in the terminal is for the lab, which then stops the daemon in order.
            .process_group(0);
        if let Some(path) = &self.installation.python_path {
            command.env("PYTHONPATH", path);
        }
        Ok(command)
    }

    fn lock(&self) -> MutexGuard<'_, Option<Process>> {
        self.process.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        self.signal_kill();
        let process = self.lock().take();
        if let Some(process) = process {
            let _ = process.thread.join();
        }
    }
}

fn open(path: &PathBuf) -> io::Result<File> {
    OpenOptions::new()
        .create(true)
        .write(true)
        .truncate(true)
        .open(path)
}

impl Process {
    /// Starts the process on a thread that lives as long as it. The protection against the lab's death acts when
    /// the *thread* that forked ends, so it must not be one of a runtime, which come and go.
    fn start(mut command: Command) -> io::Result<Self> {
        let (ended_sender, ended) = watch::channel(false);
        let (started_sender, started) = mpsc::sync_channel(1);
        let thread = thread::Builder::new()
            .name("lab-daemon".into())
            .spawn(move || {
                let child = command.spawn().and_then(with_handle);
                // The command holds the output files open.
                drop(command);
                let (started, child) = match child {
                    Ok((child, handle)) => (Ok((child.id(), handle)), Some(child)),
                    Err(error) => (Err(error), None),
                };
                let _ = started_sender.send(started);
                if let Some(mut child) = child {
                    let end = child.wait();
                    tracing::debug!(?end, "the daemon has ended");
                }
                ended_sender.send_replace(true);
            })?;
        let (pid, handle) = started
            .recv()
            .map_err(|_| io::Error::other("the thread of the daemon ended"))??;
        Ok(Self {
            pid,
            handle,
            ended,
            thread,
        })
    }
}

/// Opens the handle while the process cannot have been waited for yet.
fn with_handle(mut child: Child) -> io::Result<(Child, OwnedFd)> {
    let handle = i32::try_from(child.id())
        .ok()
        .and_then(Pid::from_raw)
        .ok_or_else(|| io::Error::other("not a process id"))
        .and_then(|pid| Ok(pidfd_open(pid, PidfdFlags::empty())?));
    match handle {
        Ok(handle) => Ok((child, handle)),
        Err(error) => {
            child.kill()?;
            child.wait()?;
            Err(error)
        }
    }
}
