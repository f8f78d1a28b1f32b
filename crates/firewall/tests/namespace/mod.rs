//! A network namespace of a test's own.
use std::{
    io::{Read as _, Write as _},
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use firewall::Place;
use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};

/// A network namespace, as long as this lives.
pub(crate) struct Namespace {
    holder: Child,
}

impl Namespace {
    pub(crate) fn make() -> Self {
        // It ends with its standard input, that is with this process at the latest.
        let mut holder = Command::new("unshare")
            .args([
                "--net",
                "sh",
                "-c",
                "ip link set lo up && echo made && exec cat",
            ])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut made = [0; 5];
        let read = holder.stdout.as_mut().unwrap().read_exact(&mut made);
        assert!(
            read.is_ok(),
            "no network namespace can be made: these tests need root"
        );
        Self { holder }
    }

    pub(crate) fn file(&self) -> PathBuf {
        format!("/proc/{}/ns/net", self.holder.id()).into()
    }

    pub(crate) fn place(&self) -> Place {
        Place::namespace(self.file())
    }

    /// A program that is run there.
    pub(crate) fn command(&self, program: &str) -> Command {
        let mut command = Command::new("nsenter");
        command
            .arg(format!("--net={}", self.file().display()))
            .args(["--", program]);
        command
    }

    /// Runs lines of a shell there, all of which must succeed.
    pub(crate) fn shell(&self, lines: &str) {
        self.feed("sh", &["-e", "-s"], lines);
    }

    /// Has `nft` read a ruleset there.
    pub(crate) fn nft(&self, ruleset: &str) {
        self.feed("nft", &["-f", "-"], ruleset);
    }

    fn feed(&self, program: &str, arguments: &[&str], input: &str) {
        let mut child = self
            .command(program)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(input.as_bytes()).unwrap();
        drop(stdin);
        assert!(child.wait().unwrap().success(), "{input}");
    }

    /// Does something in a thread that is there.
    pub(crate) fn within<T: Send>(&self, work: impl FnOnce() -> T + Send) -> T {
        std::thread::scope(|scope| {
            let there = scope.spawn(|| {
                let file = std::fs::File::open(self.file()).unwrap();
                let kind = Some(LinkNameSpaceType::Network);
                move_into_link_name_space(std::os::fd::AsFd::as_fd(&file), kind).unwrap();
                work()
            });
            there.join().unwrap()
        })
    }

    /// Joins two namespaces by a pair of interfaces.
    pub(crate) fn join(&self, own: &str, other: &Self, others: &str) {
        self.shell(&format!(
            "ip link add {own} type veth peer name {others} netns {}\nip link set {own} up",
            other.holder.id()
        ));
        other.shell(&format!("ip link set {others} up"));
    }
}

impl Drop for Namespace {
    fn drop(&mut self) {
        let _ = self.holder.kill();
        let _ = self.holder.wait();
    }
}
