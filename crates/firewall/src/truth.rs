//! What the packet filter really does: to a new packet from one address, and to the bans of all jails.
//!
//! Nothing here changes the packet filter.

mod drift;
mod fact;
mod hooks;
mod ipset;
mod iptables;
mod judge;
mod kernel;
mod keys;
mod listing;
mod machine;
mod members;
mod model;
mod nft;
mod packet;
mod resolve;
mod rulesets;
mod scope;
mod services;
mod state;
mod test;
mod three;
mod verdict;
mod walk;

#[cfg(test)]
mod tests;

pub use drift::{Backing, Held, JailBans, JailDoubt, JailDrift, Named, bans_in_force, drift};
pub use rulesets::Rulesets;
pub use scope::{Protocol, Scope, Service, Services};
pub use verdict::{Because, Counter, Doubt, Outcome, Path, Question, RuleRef, Unsure, Verdict};

use crate::{ProgramError, netlink::OpenError};

/// Why the packet filter could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// A program that lists it failed.
    #[error(transparent)]
    Program(#[from] ProgramError),
    /// It listed something that is not a ruleset.
    #[error("{program} printed what cannot be read: {reason}")]
    Output {
        /// The program.
        program: &'static str,
        /// Why, in the words of the parser.
        reason: String,
    },
    /// The kernel refused, or its answer cannot be read.
    #[error("the kernel's packet filter cannot be asked: {0}")]
    Kernel(#[from] std::io::Error),
}

impl From<OpenError> for ReadError {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Namespace { source, .. } | OpenError::Socket(source) => Self::Kernel(source),
        }
    }
}
