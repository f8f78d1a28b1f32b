//! `journalctl`, which alone reads every form of the journal's files.
use std::{
    fs,
    io::{self, BufRead, BufReader, Read},
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
};

/// Where the journal's files are: kept ones, and those that end with the machine's run.
const FOLDERS: [&str; 2] = ["/var/log/journal", "/run/log/journal"];

/// A longer entry is passed over: none that tells something is a tenth as long.
const MAX_ENTRY_BYTES: u64 = 512 << 10;

/// How the journal is read.
#[derive(Debug, Clone)]
pub struct JournalConfig {
    /// `journalctl`; a name is looked up in `PATH`.
    pub program: PathBuf,
    /// The folder of its files; `None` is the machine's own.
    pub folder: Option<PathBuf>,
    /// The user whose entries count: the one that fail2ban runs as.
    pub user: u32,
}

impl Default for JournalConfig {
    fn default() -> Self {
        Self {
            program: "journalctl".into(),
            folder: None,
            user: 0,
        }
    }
}

impl JournalConfig {
    /// The program with what makes it print fail2ban's entries; which of them is left to say.
    pub(crate) fn command(&self) -> Command {
        let mut command = self.printing();
        // Fields that the journal itself sets: a text that only calls itself fail2ban does not have them.
        command.arg("_COMM=fail2ban-server");
        command.arg(format!("_UID={}", self.user));
        command
    }

    /// The program with what makes it print sshd's entries; which of them is left to say. Only the part of sshd that keeps root's rights says who was let in.
    pub(crate) fn sshd_command(&self) -> Command {
        let mut command = self.printing();
        command.args(["_COMM=sshd", "_COMM=sshd-session", "_UID=0"]);
        command
    }

    fn printing(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.env("LC_ALL", "C.UTF-8");
        command.args(["--no-pager", "--quiet", "--all", "--output=json"]);
        command.arg(
            "--output-fields=MESSAGE,LOGGER,SYSLOG_IDENTIFIER,_PID,_SOURCE_REALTIME_TIMESTAMP",
        );
        if let Some(folder) = &self.folder {
            command.arg("--directory").arg(folder);
        }
        command
    }

    /// Whether there is a journal. Blocks.
    pub(crate) fn has_files(&self) -> bool {
        !files(self).is_empty()
    }
}

/// Where a reading begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Begin {
    /// At the oldest entry.
    First,
    /// At this entry.
    At(String),
    /// Behind this entry.
    After(String),
}

/// Entries as they are printed, up to those that are there now.
#[derive(Debug)]
pub(super) struct Entries {
    child: Child,
    out: BufReader<ChildStdout>,
}

impl Entries {
    /// Begins to read fail2ban's entries.
    pub(super) fn begin(config: &JournalConfig, begin: &Begin) -> io::Result<Self> {
        let mut command = config.command();
        match begin {
            Begin::First => {}
            Begin::At(cursor) => {
                command.arg(format!("--cursor={cursor}"));
            }
            Begin::After(cursor) => {
                command.arg(format!("--after-cursor={cursor}"));
            }
        }
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let Some(out) = child.stdout.take() else {
            return Err(io::Error::other("journalctl has no output"));
        };
        Ok(Self {
            child,
            out: BufReader::new(out),
        })
    }

    /// The next printed entry; `None` at the end.
    pub(super) fn next(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut line = Vec::new();
        let read = (&mut self.out)
            .take(MAX_ENTRY_BYTES)
            .read_until(b'\n', &mut line)?;
        if read == 0 {
            return self.ended().map(|()| None);
        }
        if line.last() != Some(&b'\n') {
            line.clear();
            self.out.skip_until(b'\n')?;
        }
        Ok(Some(line))
    }

    fn ended(&mut self) -> io::Result<()> {
        let status = self.child.wait()?;
        if status.success() {
            Ok(())
        } else {
            Err(io::Error::other(format!("journalctl ended with {status}")))
        }
    }
}

impl Drop for Entries {
    fn drop(&mut self) {
        // One that has ended is not there to be killed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// How the journal's files look: another mark says that something was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mark(Vec<(u64, u64, i64, i64)>);

/// The mark of the files; `None` where there are none to be seen.
pub(super) fn mark(config: &JournalConfig) -> Option<Mark> {
    let mut files: Vec<_> = files(config)
        .into_iter()
        .filter_map(|file| fs::metadata(file).ok())
        .map(|found| (found.ino(), found.size(), found.mtime(), found.mtime_nsec()))
        .collect();
    files.sort_unstable();
    (!files.is_empty()).then_some(Mark(files))
}

/// The file that was written to last, to be watched.
pub(super) fn newest_file(config: &JournalConfig) -> Option<PathBuf> {
    let modified = |file: &PathBuf| fs::metadata(file).and_then(|found| found.modified()).ok();
    files(config).into_iter().max_by_key(modified)
}

fn files(config: &JournalConfig) -> Vec<PathBuf> {
    let own: Vec<&Path> = match &config.folder {
        Some(folder) => vec![folder],
        None => FOLDERS.iter().map(Path::new).collect(),
    };
    let entries = |folder: &Path| fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files = Vec::new();
    for folder in own {
        for entry in entries(folder) {
            let path = entry.path();
            if path.is_dir() {
                // A folder for each machine.
                files.extend(entries(&path).map(|entry| entry.path()));
            } else {
                files.push(path);
            }
        }
    }
    files.retain(|file| file.extension().is_some_and(|ending| ending == "journal"));
    files
}
