//! Where a packet filter is, and how its programs are run there.
use std::{
    io,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    process::{ChildStderr, ChildStdin, ChildStdout, Command},
};

/// The most bytes of complaints that are kept.
const MAX_COMPLAINT_BYTES: u64 = 16 << 10;

/// The most bytes of output: a ruleset with a million elements is not listed whole.
const MAX_OUTPUT_BYTES: u64 = 256 << 20;

/// Why a program of the packet filter did not do what it was told.
#[derive(Debug, thiserror::Error)]
pub enum ProgramError {
    /// It is not installed.
    #[error("{program} is not installed")]
    Absent {
        /// Its name.
        program: String,
    },
    /// It cannot be started, spoken to or read.
    #[error("{program} cannot be run: {source}")]
    Io {
        /// Its name.
        program: String,
        /// Why.
        source: io::Error,
    },
    /// It took longer than it may, and was ended.
    #[error("{program} took longer than {} s", limit.as_secs())]
    Time {
        /// Its name.
        program: String,
        /// The limit.
        limit: Duration,
    },
    /// It printed more than it may.
    #[error("{program} printed more than {MAX_OUTPUT_BYTES} bytes")]
    Output {
        /// Its name.
        program: String,
    },
    /// It refused, in its own words.
    #[error("{program} refused: {complaint}")]
    Refused {
        /// Its name.
        program: String,
        /// What it wrote to its standard error, cut. Hostile text.
        complaint: String,
    },
}

/// A packet filter: that of this machine, or that of a network namespace.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Place {
    namespace: Option<PathBuf>,
}

impl Place {
    /// The namespace of this process.
    #[must_use]
    pub const fn own() -> Self {
        Self { namespace: None }
    }

    /// The namespace of a file such as `/proc/123/ns/net` or `/run/netns/name`.
    #[must_use]
    pub const fn namespace(file: PathBuf) -> Self {
        Self {
            namespace: Some(file),
        }
    }

    /// The file of the namespace; `None` for that of this process.
    #[must_use]
    pub fn file(&self) -> Option<&Path> {
        self.namespace.as_deref()
    }

    /// A program that is run there.
    #[must_use]
    pub fn command(&self, program: &str) -> Command {
        let Some(file) = &self.namespace else {
            return Command::new(program);
        };
        let mut net = std::ffi::OsString::from("--net=");
        net.push(file);
        let mut command = Command::new("nsenter");
        command.arg(net).arg("--").arg(program);
        command
    }

    /// Runs a program to its end and answers what it printed.
    ///
    /// # Errors
    /// [`ProgramError`], also where it ended with another code than 0.
    pub async fn run(
        &self,
        program: &str,
        arguments: &[&str],
        input: &[u8],
        limit: Duration,
    ) -> Result<Vec<u8>, ProgramError> {
        let mut command = self.command(program);
        command.args(arguments);
        match tokio::time::timeout(limit, run(program, command, input)).await {
            Ok(done) => done,
            Err(_) => Err(ProgramError::Time {
                program: program.to_owned(),
                limit,
            }),
        }
    }
}

async fn run(program: &str, mut command: Command, input: &[u8]) -> Result<Vec<u8>, ProgramError> {
    let failed = |source: io::Error| match source.kind() {
        io::ErrorKind::NotFound => ProgramError::Absent {
            program: program.to_owned(),
        },
        _ => ProgramError::Io {
            program: program.to_owned(),
            source,
        },
    };
    let mut child = command
        .env("LC_ALL", "C")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(failed)?;
    let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let spoken = tokio::try_join!(tell(stdin, input), hear(stdout), complaint(stderr));
    let ((), output, complaint) = spoken.map_err(failed)?;
    if u64::try_from(output.len()).is_ok_and(|length| length > MAX_OUTPUT_BYTES) {
        return Err(ProgramError::Output {
            program: program.to_owned(),
        });
    }
    let status = child.wait().await.map_err(failed)?;
    if status.success() {
        return Ok(output);
    }
    // `nsenter` and `sh` say so with this code where the program is not there.
    if status.code() == Some(127) {
        return Err(ProgramError::Absent {
            program: program.to_owned(),
        });
    }
    Err(ProgramError::Refused {
        program: program.to_owned(),
        complaint: String::from_utf8_lossy(&complaint).trim().to_owned(),
    })
}

async fn tell(stdin: Option<ChildStdin>, input: &[u8]) -> io::Result<()> {
    let Some(mut stdin) = stdin else {
        return Ok(());
    };
    match stdin.write_all(input).await {
        // It ended before it had read all; its code says why.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        told => told,
    }
}

async fn hear(stdout: Option<ChildStdout>) -> io::Result<Vec<u8>> {
    let mut output = Vec::new();
    if let Some(stdout) = stdout {
        let mut stdout = stdout.take(MAX_OUTPUT_BYTES + 1);
        stdout.read_to_end(&mut output).await?;
    }
    Ok(output)
}

async fn complaint(stderr: Option<ChildStderr>) -> io::Result<Vec<u8>> {
    let mut complaint = Vec::new();
    if let Some(mut stderr) = stderr {
        let mut first = (&mut stderr).take(MAX_COMPLAINT_BYTES);
        first.read_to_end(&mut complaint).await?;
        // What more it has to say is read and let go, so that it can end.
        tokio::io::copy(&mut stderr, &mut tokio::io::sink()).await?;
    }
    Ok(complaint)
}
