//! How bans are enforced: in a network namespace of the daemon's own, or not at all.

use std::process::{Command, Output, Stdio};

use crate::{Enforcement, LabError};

/// What is put before the daemon's command line so that it runs where bans may be enforced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Confinement {
    pub(crate) enforcement: Enforcement,
    pub(crate) prefix: &'static [&'static str],
}

/// Root makes a network namespace only; everyone else needs a user namespace around it.
const NAMESPACES: [&[&str]; 2] = [
    &["unshare", "--net", "--"],
    &["unshare", "--user", "--map-root-user", "--net", "--"],
];

const UNCONFINED: Confinement = Confinement {
    enforcement: Enforcement::None,
    prefix: &[],
};

impl Confinement {
    /// Finds out what the machine permits, by doing it: a table is made in a namespace that ends at once.
    /// Takes about 10 ms, and blocks.
    pub(crate) fn find(wanted: Enforcement) -> Result<Self, LabError> {
        if wanted == Enforcement::None {
            return Ok(UNCONFINED);
        }
        let mut reason = String::new();
        for prefix in NAMESPACES {
            match probe(prefix) {
                Ok(()) => {
                    return Ok(Self {
                        enforcement: Enforcement::Namespace,
                        prefix,
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
}

/// Tries to make an nftables table in a namespace made by `prefix`; the error is what was said.
fn probe(prefix: &[&str]) -> Result<(), String> {
    let command = ["nft", "add", "table", "inet", "lab-probe"];
    let Output { status, stderr, .. } = from_words(prefix.iter().chain(&command).copied())
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("unshare: {error}"))?;
    if status.success() {
        return Ok(());
    }
    Err(String::from_utf8_lossy(&stderr).trim().to_owned())
}

/// A command from a program and its arguments in one row.
pub(crate) fn from_words<'a>(words: impl IntoIterator<Item = &'a str>) -> Command {
    let mut words = words.into_iter();
    let mut command = Command::new(words.next().unwrap_or_default());
    command.args(words);
    command
}
