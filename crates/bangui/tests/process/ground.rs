//! The binary, in an environment that a test has for itself.
use std::{
    ffi::OsStr,
    io::{BufRead as _, BufReader, Read as _},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    thread,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

/// Longer than anything that works takes, also on a busy machine.
pub(crate) const LIMIT: Duration = Duration::from_mins(1);
const BINARY: &str = env!("CARGO_BIN_EXE_bangui");

/// A folder with room for the data and a socket that nobody listens on.
pub(crate) struct Ground {
    folder: TempDir,
}

impl Ground {
    pub(crate) fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.path("data")
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.data().join("bangui.sqlite3")
    }

    /// The binary with these arguments, and none of the settings that the test itself was started with.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(BINARY);
        command.args(args);
        self.confine(&mut command);
        command
    }

    /// A shell that may end with `exec "$0" "$@"`: the binary and its arguments.
    pub(crate) fn under(&self, program: &str, before: &[&str], args: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.args(before).arg(BINARY).args(args);
        self.confine(&mut command);
        command
    }

    fn confine(&self, command: &mut Command) {
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("BANGUI_") {
                command.env_remove(name);
            }
        }
        command
            .current_dir(self.folder.path())
            .env("BANGUI_DATA_DIR", self.data())
            .env("BANGUI_FAIL2BAN_SOCKET", self.path("no.sock"))
            .env("BANGUI_FAIL2BAN_CONFIG", self.path("no-config"))
            .env("BANGUI_LISTEN", "127.0.0.1:0")
            .env("BANGUI_FIREWALL", "off")
            .env("BANGUI_POLL_INTERVAL_MS", "250");
    }

    /// Serves on a port that the system chooses.
    pub(crate) fn serve(&self) -> Server {
        self.serve_with::<&str>(&[])
    }

    pub(crate) fn serve_with<V: AsRef<OsStr>>(&self, settings: &[(&str, V)]) -> Server {
        let mut command = self.command(&["serve"]);
        for (name, value) in settings {
            command.env(name, value);
        }
        Server::start(command)
    }

    /// Everything below the folder with its content, to see that nothing was changed.
    pub(crate) fn content(&self) -> Vec<(PathBuf, Option<Vec<u8>>)> {
        let mut content = Vec::new();
        read(self.folder.path(), &mut content);
        content.sort();
        content
    }
}

fn read(folder: &Path, content: &mut Vec<(PathBuf, Option<Vec<u8>>)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read(&path, content);
            content.push((path, None));
        } else {
            let bytes = std::fs::read(&path).unwrap();
            content.push((path, Some(bytes)));
        }
    }
}

/// How a call ended that ends by itself.
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// Runs to the end; one that does not end is a failure.
pub(crate) fn run(command: Command) -> Ended {
    let output = assert_cmd::Command::from_std(command)
        .timeout(LIMIT)
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ended {
        code: output.status.code(),
        out: text(&output.stdout),
        err: text(&output.stderr),
    }
}

/// A call that is refused: nothing on standard output, the exit code, and what a person reads.
#[track_caller]
pub(crate) fn refused(command: Command, code: i32, says: &[&str]) {
    let ended = run(command);
    assert_eq!(ended.code, Some(code), "{}", ended.err);
    assert_eq!(ended.out, "", "{}", ended.err);
    for part in says {
        assert!(ended.err.contains(part), "{part:?} in:\n{}", ended.err);
    }
}

/// A server that runs.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
}

impl Server {
    /// Waits for the line that says where it is: the address is listened on by then.
    pub(crate) fn start(mut command: Command) -> Self {
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        let address = line
            .trim()
            .strip_prefix("BanGUI is at http://")
            .and_then(|rest| rest.split('/').next())
            .and_then(|address| address.parse().ok());
        let Some(address) = address else {
            let mut err = String::new();
            child
                .stderr
                .take()
                .unwrap()
                .read_to_string(&mut err)
                .unwrap();
            panic!("{line}{err}");
        };
        drain(out);
        drain(child.stderr.take().unwrap());
        Self { child, address }
    }

    /// How much of it is in memory.
    pub(crate) fn resident_kib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let number = line.and_then(|line| line.split_whitespace().next());
        number.unwrap().parse().unwrap()
    }

    pub(crate) fn terminate(&self) {
        let id = i32::try_from(self.child.id()).unwrap();
        kill_process(Pid::from_raw(id).unwrap(), Signal::TERM).unwrap();
    }

    /// Waits until it has ended.
    pub(crate) fn ended(mut self) -> ExitStatus {
        let end = Instant::now() + LIMIT;
        while Instant::now() < end {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            thread::sleep(Duration::from_millis(5));
        }
        panic!("it did not end");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Nobody reads it, and a full pipe would hold the server up.
fn drain(mut pipe: impl std::io::Read + Send + 'static) {
    thread::spawn(move || std::io::copy(&mut pipe, &mut std::io::sink()));
}

/// Waits for a fact.
#[track_caller]
pub(crate) fn until(what: &str, mut fact: impl FnMut() -> bool) {
    let end = Instant::now() + LIMIT;
    while !fact() {
        assert!(Instant::now() < end, "it never came to be that {what}");
        thread::sleep(Duration::from_millis(10));
    }
}

/// Whether a program that confines others does so here; containers often forbid it.
pub(crate) fn permitted(program: &str, args: &[&str]) -> bool {
    let tried = Command::new(program).args(args).arg("true").output();
    let permitted = tried.as_ref().is_ok_and(|output| output.status.success());
    if !permitted {
        println!("skipped: {program} {args:?} is not permitted here: {tried:?}");
    }
    permitted
}
