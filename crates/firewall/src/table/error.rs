//! What can go wrong with a table.
use std::{io, path::PathBuf};

use ipnet::IpNet;
use rustix::io::Errno;

use crate::{ProgramError, netlink::errno};

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
    /// There is a table of this name that somebody else made: nothing in it is touched.
    #[error(
        "the table inet {table} has chains or sets that BanGUI did not make, and nothing that it did; rename it, or remove it by `nft delete table inet {table}`"
    )]
    Foreign {
        /// Its name.
        table: String,
    },
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

/// What may well go otherwise a moment later, by the number of the error: interrupted, too busy, too little room or memory, too many files, another's change between.
const PASSING: [Errno; 9] = [
    Errno::INTR,
    Errno::AGAIN,
    Errno::BUSY,
    Errno::NOBUFS,
    Errno::NOMEM,
    Errno::MFILE,
    Errno::NFILE,
    Errno::TIMEDOUT,
    Errno::NOLCK,
];

impl TableError {
    /// Whether it says nothing about whether a table can be held so at all.
    pub(super) fn may_pass(&self) -> bool {
        match self {
            Self::Namespace { source, .. }
            | Self::Socket { source }
            | Self::Refused { source, .. } => may_pass(source),
            Self::Answer { .. } | Self::Contended { .. } | Self::Ended => true,
            Self::Program(error) => {
                matches!(error, ProgramError::Io { .. } | ProgramError::Time { .. })
            }
            Self::NotHeld { .. } | Self::Absent | Self::Foreign { .. } | Self::Disorder { .. } => {
                false
            }
        }
    }
}

fn may_pass(error: &io::Error) -> bool {
    match error.raw_os_error() {
        Some(number) => {
            number == errno::RESTART
                || PASSING
                    .iter()
                    .any(|passing| passing.raw_os_error() == number)
        }
        // Of our own: an answer that did not come, or only in part.
        None => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn may_pass_of_what_a_kernel_without_nftables_says_is_false() {
        for (number, passes) in [
            (Errno::NOBUFS, true),
            (Errno::AGAIN, true),
            (Errno::MFILE, true),
            (Errno::NOMEM, true),
            // Without the right to it, without the module, without the family, without an expression.
            (Errno::PERM, false),
            (Errno::PROTONOSUPPORT, false),
            (Errno::OPNOTSUPP, false),
            (Errno::AFNOSUPPORT, false),
            (Errno::NOENT, false),
        ] {
            let source = || io::Error::from_raw_os_error(number.raw_os_error());
            let refused = TableError::Refused {
                deed: "take a table",
                source: source(),
            };
            assert_eq!(refused.may_pass(), passes, "{refused}");
            let socket = TableError::Socket { source: source() };
            assert_eq!(socket.may_pass(), passes, "{socket}");
        }
        assert!(TableError::Contended { attempts: 3 }.may_pass());
    }
}
