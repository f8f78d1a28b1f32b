//! A question about one address, and its answer.
use std::{fmt, net::IpAddr};

use crate::truth::scope::{Scope, Service};

/// Where a packet goes through the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Path {
    /// To a program on this machine.
    HostInput,
    /// Through this machine to another one.
    Forwarded,
    /// To a port that this machine publishes for a container or another machine: its destination is
    /// translated first, and then it is forwarded.
    PublishedPort,
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::HostInput => "to this machine",
            Self::Forwarded => "forwarded",
            Self::PublishedPort => "to published ports",
        })
    }
}

/// What happens to a new packet from this source?
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Who sends it.
    pub source: IpAddr,
    /// Where it goes.
    pub path: Path,
    /// To which port; `None` asks for all of them.
    pub service: Option<Service>,
    /// By which interface it arrives; `None` takes that by which this machine answers the source.
    pub interface: Option<String>,
}

/// The short answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// A new packet is dropped or rejected, within [`Verdict::scope`].
    Blocked,
    /// It is not kept away by anything that is about its source.
    NotBlocked,
    /// It depends on what is not known; [`Verdict::unsure`] says on what.
    CannotTell,
}

/// What happens to a new packet from a source on one path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The path.
    pub path: Path,
    /// The short answer. Where a service was asked for it is about that packet alone.
    pub outcome: Outcome,
    /// By which interface the packet was taken to arrive; `None` where that is not known.
    pub interface: Option<String>,
    /// What is blocked to this source and not merely to everyone.
    pub scope: Scope,
    /// What is closed to this source as it is to a source that no rule names: services that nobody offers.
    pub closed: Scope,
    /// The rules that block [`Verdict::scope`], the widest first. Where everything is closed, what closes it.
    pub because: Vec<Because>,
    /// What could not be told, and why.
    pub unsure: Vec<Unsure>,
}

/// A rule that blocks, and what it blocks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Because {
    /// What it blocks.
    pub scope: Scope,
    /// The rule.
    pub rule: RuleRef,
}

/// Something that a verdict depends on and that is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsure {
    /// What it is about.
    pub scope: Scope,
    /// What is not known.
    pub doubt: Doubt,
    /// The rule that asks for it, where it is one.
    pub rule: Option<RuleRef>,
}

/// What is not known. [`fmt::Display`] says it in plain words.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Doubt {
    /// By which interface it arrives or leaves.
    Interface,
    /// To which address it goes.
    Destination,
    /// From which port it comes.
    SourcePort,
    /// A mark that something else put on it.
    Mark,
    /// How much came before: a rate, a quota, a number of connections, a list that rules fill themselves.
    Rate,
    /// What a program that is asked about each packet says.
    Program,
    /// Whether a set holds the address.
    Set {
        /// The set's name. Hostile text.
        name: String,
        /// Why it could not be read.
        reason: String,
    },
    /// A part of a rule that is not understood, in its own words. Hostile text.
    Unknown {
        /// The part.
        text: String,
    },
    /// The source is an address of this machine: its packets pass chains for outgoing packets first.
    Own,
    /// A part of the packet filter cannot be listed, because a program is not there or failed.
    Unread {
        /// What cannot be listed, and why.
        reason: String,
    },
    /// The ruleset is larger than it may be, or goes round in circles.
    Size,
    /// Nothing is published: no rule translates a destination.
    NothingPublished,
    /// Packets to this service do not go this way: their destination is translated.
    Translated,
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Interface => f.write_str("it depends on the interface"),
            Self::Destination => f.write_str("it depends on the destination address"),
            Self::SourcePort => f.write_str("it depends on the source port"),
            Self::Mark => f.write_str("it depends on a mark that something else sets"),
            Self::Rate => f.write_str("it depends on what came before"),
            Self::Program => f.write_str("a program decides about each packet"),
            Self::Set { name, reason } => write!(f, "the set {name} cannot be read: {reason}"),
            Self::Unknown { text } => write!(f, "a rule has a part that is not understood: {text}"),
            Self::Own => f.write_str(
                "it is an address of this machine, and there are rules for what it sends",
            ),
            Self::Unread { reason } => f.write_str(reason),
            Self::Size => f.write_str("the ruleset is too large to follow"),
            Self::NothingPublished => f.write_str("no port is published"),
            Self::Translated => f.write_str("it goes elsewhere: its destination is translated"),
        }
    }
}

/// A rule, or the policy of a chain, as people can find it again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleRef {
    /// The family: `ip`, `ip6`, `inet` or `netdev`. Tables of the older iptables have `ip` or `ip6` too.
    pub family: String,
    /// The table. Hostile text, as all names are.
    pub table: String,
    /// The chain.
    pub chain: String,
    /// Its handle in nftables; `None` for a policy and in tables of the older iptables.
    pub handle: Option<u64>,
    /// Its place in the chain, from 1; `None` for a policy.
    pub line: Option<usize>,
    /// Whether it is in a table of the older iptables, which `nft` does not list.
    pub legacy: bool,
    /// The rule, as `nft` or `iptables-save` prints it.
    pub text: String,
    /// What it has counted, where it counts.
    pub counter: Option<Counter>,
}

/// What a rule has counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counter {
    /// Packets.
    pub packets: u64,
    /// Bytes.
    pub bytes: u64,
}
