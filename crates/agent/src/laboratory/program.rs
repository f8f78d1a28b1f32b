//! Running a program with limits, so that nothing of it is left.
use std::{
    future::Future,
    io,
    process::{ExitStatus, Stdio},
    time::Duration,
};

use rustix::process::{Pid, Resource, Rlimit, Signal, kill_process_group, prlimit};
use tokio::{
    io::{AsyncRead, AsyncReadExt as _},
    process::{Child, Command},
};

use crate::pipe;

/// The longest line of output; a tested line is quoted in it up to three times.
pub(crate) const MAX_OUTPUT_LINE_BYTES: usize = 1 << 20;

/// The most bytes of complaints that are kept.
const MAX_COMPLAINT_BYTES: u64 = 64 << 10;

/// Memory that the program may map: Python with fail2ban maps 40 MB, and 100,000 lines of a log need 130 MB more.
const MAX_MEMORY_BYTES: u64 = 768 << 20;

/// The longest file that the program may write: it should write none.
const MAX_FILE_BYTES: u64 = 1 << 20;

/// How much a program may use.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Time on the clock, and time of computing.
    pub(crate) time: Duration,
    /// Bytes of output.
    pub(crate) output: u64,
}

/// A program that came to its end.
#[derive(Debug)]
pub(crate) struct Done {
    pub(crate) status: ExitStatus,
    /// What it wrote to its standard error, cut.
    pub(crate) complaints: String,
}

/// Why a program did not come to its end.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RunError {
    /// It cannot be started or read.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// It took longer than it may.
    #[error("it took longer than {} s", .0.as_secs_f64())]
    Time(Duration),
    /// It printed more than it may.
    #[error("it printed more than {0} bytes")]
    Output(u64),
}

/// Runs a program in a process group of its own and gives each line of its output, without line end.
///
/// The group is killed at the end, at a limit, and when this future is dropped.
pub(crate) async fn run(
    mut command: Command,
    limits: Limits,
    on_line: impl FnMut(&[u8]),
) -> Result<Done, RunError> {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .kill_on_drop(true);
    let mut child = command.spawn()?;
    let _group = Group::of(&child, limits.time);
    let (out, err) = (child.stdout.take(), child.stderr.take());
    let work = async {
        let (output, complaints) = tokio::join!(
            lines(out, limits.output, on_line),
            pipe::read_to_end(err, MAX_COMPLAINT_BYTES)
        );
        output?;
        Ok(Done {
            complaints: complaints?,
            status: child.wait().await?,
        })
    };
    in_time(limits.time, work).await
}

async fn in_time<T>(
    limit: Duration,
    work: impl Future<Output = Result<T, RunError>>,
) -> Result<T, RunError> {
    match tokio::time::timeout(limit, work).await {
        Ok(done) => done,
        Err(_) => Err(RunError::Time(limit)),
    }
}

/// A process group, killed when it goes out of scope.
struct Group(Option<Pid>);

impl Group {
    /// Takes the group of a child that leads one, and limits what the child may use; what it starts later inherits that.
    fn of(child: &Child, time: Duration) -> Self {
        let pid = child
            .id()
            .and_then(|id| i32::try_from(id).ok())
            .and_then(Pid::from_raw);
        if pid.is_some() {
            let seconds = time.as_secs().saturating_add(1);
            for (resource, most) in [
                (Resource::Cpu, seconds),
                (Resource::As, MAX_MEMORY_BYTES),
                (Resource::Fsize, MAX_FILE_BYTES),
                (Resource::Core, 0),
            ] {
                let limit = Rlimit {
                    current: Some(most),
                    maximum: Some(most),
                };
                if let Err(error) = prlimit(pid, resource, limit) {
                    tracing::warn!(?resource, %error, "a program could not be limited; its time is");
                }
            }
        }
        Self(pid)
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(pid) = self.0 {
            // Where nothing of the group is left there is nothing to kill.
            let _ = kill_process_group(pid, Signal::KILL);
        }
    }
}

async fn lines(
    from: Option<impl AsyncRead + Unpin>,
    limit: u64,
    mut on_line: impl FnMut(&[u8]),
) -> Result<(), RunError> {
    const CHUNK_BYTES: usize = 64 << 10;
    let Some(mut from) = from else {
        return Ok(());
    };
    let mut buffer = Vec::with_capacity(CHUNK_BYTES);
    let mut read = 0_u64;
    loop {
        let got = from.read_buf(&mut buffer).await?;
        if got == 0 {
            break;
        }
        read = read.saturating_add(u64::try_from(got).unwrap_or(u64::MAX));
        if read > limit {
            return Err(RunError::Output(limit));
        }
        let Some(last) = memchr::memrchr(b'\n', &buffer) else {
            if buffer.len() > MAX_OUTPUT_LINE_BYTES {
                return Err(RunError::Output(limit));
            }
            continue;
        };
        let (whole, _) = buffer.split_at(last);
        whole.split(|byte| *byte == b'\n').for_each(&mut on_line);
        buffer.drain(..=last);
        buffer.reserve(CHUNK_BYTES);
    }
    if !buffer.is_empty() {
        on_line(&buffer);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits {
        time: Duration::from_secs(10),
        output: 1 << 20,
    };

    fn shell(script: &str) -> Command {
        let mut command = Command::new("/bin/sh");
        command.arg("-c").arg(script);
        command
    }

    async fn lines_of(script: &str, limits: Limits) -> (Result<Done, RunError>, Vec<String>) {
        let mut lines = Vec::new();
        let done = run(shell(script), limits, |line| {
            lines.push(String::from_utf8_lossy(line).into_owned());
        });
        let done = done.await;
        (done, lines)
    }

    fn runs(pid: &str) -> bool {
        let status = std::fs::read_to_string(format!("/proc/{pid}/stat"));
        status.is_ok_and(|status| !status.contains(") Z "))
    }

    #[tokio::test]
    async fn run_gives_each_line_and_the_complaints() {
        let (done, lines) = lines_of("echo a; echo; printf b; echo oh >&2; exit 3", LIMITS).await;
        let done = done.unwrap();
        assert_eq!(lines, ["a", "", "b"]);
        assert_eq!(
            (done.status.code(), done.complaints.as_str()),
            (Some(3), "oh\n")
        );
    }

    #[tokio::test]
    async fn run_that_takes_too_long_is_killed_with_all_that_it_started() {
        let limits = Limits {
            time: Duration::from_millis(300),
            ..LIMITS
        };
        let (done, lines) = lines_of("sleep 600 & echo $!; sleep 600", limits).await;
        assert!(matches!(done, Err(RunError::Time(_))), "{done:?}");
        let began = std::time::Instant::now();
        while runs(&lines[0]) {
            assert!(
                began.elapsed() < LIMITS.time,
                "the child of the child lives on"
            );
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    #[tokio::test]
    async fn run_that_prints_too_much_or_too_long_lines_ends() {
        let (done, _) = lines_of("yes", LIMITS).await;
        assert!(matches!(done, Err(RunError::Output(_))), "{done:?}");
        let limits = Limits {
            output: 1 << 30,
            ..LIMITS
        };
        let (done, _) = lines_of("yes | tr -d '\\n'", limits).await;
        assert!(matches!(done, Err(RunError::Output(_))), "{done:?}");
    }

    #[tokio::test]
    async fn run_is_limited_in_memory_and_computing() {
        let limits = Limits {
            time: Duration::from_secs(1),
            ..LIMITS
        };
        // The limits come a moment after the start.
        let script = "sleep 0.2; ulimit -t; ulimit -v; ulimit -c";
        let (done, lines) = lines_of(script, limits).await;
        assert!(done.unwrap().status.success());
        assert_eq!(lines, ["2", "786432", "0"]);
    }
}
