//! A network namespace of a test's own, with a packet filter that nothing else uses.
use std::{
    io::{BufRead as _, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
};

/// Ends with the test.
pub(crate) struct Namespace {
    holder: Child,
}

impl Namespace {
    /// Makes one. Only root may.
    pub(crate) fn new() -> Self {
        // It says a word once it is inside, and then waits for an end of its input that comes with the end of this process.
        let mut holder = Command::new("unshare")
            .args(["--net", "--", "sh", "-c", "echo inside; cat"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut word = String::new();
        let mut output = BufReader::new(holder.stdout.take().unwrap());
        output.read_line(&mut word).unwrap();
        assert_eq!(word, "inside\n", "only root can make a network namespace");
        Self { holder }
    }

    /// Its file.
    pub(crate) fn file(&self) -> PathBuf {
        format!("/proc/{}/ns/net", self.holder.id()).into()
    }

    /// What a program of the packet filter prints there.
    pub(crate) fn run(&self, command: &[&str]) -> String {
        let output = Command::new("nsenter")
            .arg(format!("--net={}", self.file().display()))
            .arg("--")
            .args(command)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{command:?}: {said}");
        String::from_utf8(output.stdout).unwrap()
    }
}

impl Drop for Namespace {
    fn drop(&mut self) {
        self.holder.stdin.take();
        let _ = self.holder.wait();
    }
}
