//! How bans are enforced: in a network namespace of the lab's own, or not at all.

use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Output, Stdio};

use crate::{Enforcement, LabError};

/// Where bans are enforced.
#[derive(Debug)]
pub(crate) struct Confinement {
    pub(crate) enforcement: Enforcement,
    /// `None` where bans are not enforced.
    pub(crate) namespace: Option<Namespace>,
}

/// A network namespace that lives as long as this: daemons come and go in it, and find it as the one before left it.
#[derive(Debug)]
pub(crate) struct Namespace {
    kind: Kind,
    /// Waits for the end of its input. That comes with the lab's, however the lab ends.
    holder: Child,
    input: Option<ChildStdin>,
}

/// Root makes a network namespace only; everyone else needs a user namespace around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    OfRoot,
    OfUser,
}

/// What the process says that holds the namespace: it is there, and its loopback interface is up or stays down.
const UP: &str = "up";
const DOWN: &str = "down";

/// Says so, and waits for the end of its input.
const HOLD: &str = "if ip link set lo up; then echo up; else echo down; fi; read -r _";

const UNCONFINED: Confinement = Confinement {
    enforcement: Enforcement::None,
    namespace: None,
};

impl Confinement {
    /// Finds out what the machine permits, by doing it: a namespace is made, and a table in it for a moment.
    /// Takes about 10 ms, and blocks.
    pub(crate) fn find(wanted: Enforcement) -> Result<Self, LabError> {
        if wanted == Enforcement::None {
            return Ok(UNCONFINED);
        }
        let mut reason = String::new();
        for kind in [Kind::OfRoot, Kind::OfUser] {
            match Namespace::make(kind).and_then(Namespace::tried) {
                Ok(namespace) => {
                    return Ok(Self {
                        enforcement: Enforcement::Namespace,
                        namespace: Some(namespace),
                    });
                }
                Err(said) => reason = said,
            }
        }
        if wanted == Enforcement::Namespace {
            return Err(LabError::EnforcementNotPermitted { wanted, reason });
        }
        tracing::info!(reason, "bans are not enforced: no namespace is permitted");
        Ok(UNCONFINED)
    }

    /// What is put before a command line so that it runs where bans may be enforced.
    pub(crate) fn prefix(&self) -> Vec<String> {
        self.namespace
            .as_ref()
            .map(Namespace::entry)
            .unwrap_or_default()
    }
}

impl Namespace {
    /// Makes it and waits until it is there; the error is what was said.
    fn make(kind: Kind) -> Result<Self, String> {
        let unshare: &[&str] = match kind {
            Kind::OfRoot => &["unshare", "--net"],
            Kind::OfUser => &["unshare", "--user", "--map-root-user", "--net"],
        };
        let failed = |error| format!("unshare: {error}");
        let mut holder = from_words(unshare.iter().copied().chain(["--", "sh", "-c", HOLD]))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            // Ctrl-C in the terminal is for the lab, whose daemon still needs the namespace to stop in order.
            .process_group(0)
            .spawn()
            .map_err(failed)?;
        let (input, output) = (holder.stdin.take(), holder.stdout.take());
        // From here on it ends with this.
        let mut namespace = Self {
            kind,
            holder,
            input,
        };
        let mut line = String::new();
        if let Some(output) = output {
            BufReader::new(output)
                .read_line(&mut line)
                .map_err(failed)?;
        }
        match line.trim() {
            UP => Ok(namespace),
            DOWN => {
                tracing::warn!(
                    "the namespace has no loopback interface that is up: install iproute2"
                );
                Ok(namespace)
            }
            _ => Err(namespace.complaint()),
        }
    }

    /// What the process said that was to hold the namespace, and ended.
    fn complaint(&mut self) -> String {
        let mut text = String::new();
        if let Some(mut errors) = self.holder.stderr.take() {
            // What cannot be read says nothing.
            let _ = std::io::Read::read_to_string(&mut errors, &mut text);
        }
        text.trim().to_owned()
    }

    /// Tries to make an nftables table there, which is gone at once; the error is what was said.
    fn tried(self) -> Result<Self, String> {
        let probe = "add table inet lab-probe; delete table inet lab-probe";
        let command = ["nft", probe];
        let entry = self.entry();
        let Output { status, stderr, .. } =
            from_words(entry.iter().map(String::as_str).chain(command))
                .stdin(Stdio::null())
                .output()
                .map_err(|error| format!("nsenter: {error}"))?;
        if status.success() {
            return Ok(self);
        }
        Err(String::from_utf8_lossy(&stderr).trim().to_owned())
    }

    /// What is put before a command line so that it runs there.
    pub(crate) fn entry(&self) -> Vec<String> {
        let words = match self.kind {
            Kind::OfRoot => vec!["nsenter".to_owned(), self.of_holder("--net=")],
            Kind::OfUser => vec![
                "nsenter".to_owned(),
                "--user".to_owned(),
                "--preserve-credentials".to_owned(),
                "--net".to_owned(),
                format!("--target={}", self.holder.id()),
            ],
        };
        words.into_iter().chain(["--".to_owned()]).collect()
    }

    /// Its file, where entering it needs nothing else: not where a user namespace is around it.
    pub(crate) fn file(&self) -> Option<PathBuf> {
        (self.kind == Kind::OfRoot).then(|| Path::new(&self.of_holder("")).to_path_buf())
    }

    fn of_holder(&self, before: &str) -> String {
        format!("{before}/proc/{}/ns/net", self.holder.id())
    }
}

impl Drop for Namespace {
    fn drop(&mut self) {
        drop(self.input.take());
        // It ends by itself; it cannot have been waited for, so that the signal can meet no other process.
        let _ = self.holder.kill();
        if let Err(error) = self.holder.wait() {
            tracing::debug!(%error, "the namespace's process could not be waited for");
        }
    }
}

/// A command from a program and its arguments in one row.
pub(crate) fn from_words<'a>(words: impl IntoIterator<Item = &'a str>) -> Command {
    let mut words = words.into_iter();
    let mut command = Command::new(words.next().unwrap_or_default());
    command.args(words);
    command
}
