//! What can go wrong with a table.
use std::{io, path::PathBuf};

use ipnet::IpNet;

use crate::ProgramError;

/// Neither way of holding a table can be used here, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("nftables: {nftables}; ipset: {ipset}")]
pub struct Unusable {
    /// Why not nftables.
    pub nftables: String,
    /// Why not ipset with iptables.
    pub ipset: String,
}

/// Why a table cannot be asked or changed.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// The network namespace cannot be entered.
    #[error("the network namespace {} cannot be entered: {source}", file.display())]
    Namespace {
        /// Its file.
        file: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The kernel cannot be spoken to.
    #[error("the kernel's packet filter cannot be spoken to: {source}")]
    Socket {
        /// Why.
        source: io::Error,
    },
    /// The kernel refused what it was told.
    #[error("the kernel refused to {deed}: {source}")]
    Refused {
        /// What it was told.
        deed: &'static str,
        /// Why.
        source: io::Error,
    },
    /// The kernel sent what cannot be understood.
    #[error("the kernel's answer cannot be understood: {what}")]
    Answer {
        /// What is wrong with it.
        what: &'static str,
    },
    /// The ruleset was changed by others again and again while this was to happen.
    #[error("the ruleset was changed by others meanwhile, {attempts} times in a row")]
    Contended {
        /// How often it was tried.
        attempts: usize,
    },
    /// The kernel said yes, and yet does not hold what it was told.
    #[error("the kernel does not hold what it was told: {what}")]
    NotHeld {
        /// What is not there.
        what: String,
    },
    /// Nothing was loaded yet, or somebody has removed the table.
    #[error("the table is not there")]
    Absent,
    /// A list of blocked networks is not in order, has overlaps, or host bits.
    #[error("{network} is out of order, overlaps the network before it, or has host bits")]
    Disorder {
        /// The network.
        network: IpNet,
    },
    /// A program of the packet filter failed.
    #[error(transparent)]
    Program(#[from] ProgramError),
    /// The work was ended, as when the program stops.
    #[error("the work on the table was ended before it was done")]
    Ended,
}
