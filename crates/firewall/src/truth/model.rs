//! A ruleset as the walk through it needs it, whatever program listed it.
mod index;

pub(crate) use index::{Model, SetKey, Use};

use crate::truth::verdict::{Counter, Doubt};

/// The version of IP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Version {
    Four,
    Six,
}

/// The family of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Family {
    Ip,
    Ip6,
    Inet,
    Netdev,
    Bridge,
    Arp,
}

impl Family {
    pub(crate) const ALL: [Self; 6] = [
        Self::Ip,
        Self::Ip6,
        Self::Inet,
        Self::Netdev,
        Self::Bridge,
        Self::Arp,
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Ip => "ip",
            Self::Ip6 => "ip6",
            Self::Inet => "inet",
            Self::Netdev => "netdev",
            Self::Bridge => "bridge",
            Self::Arp => "arp",
        }
    }

    /// `NFPROTO_…`.
    pub(crate) const fn number(self) -> u8 {
        match self {
            Self::Inet => 1,
            Self::Ip => 2,
            Self::Arp => 3,
            Self::Netdev => 5,
            Self::Bridge => 7,
            Self::Ip6 => 10,
        }
    }

    pub(crate) fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|family| family.name() == name)
    }

    /// Whether its chains see packets of this version.
    pub(crate) const fn sees(self, version: Version) -> bool {
        match self {
            Self::Ip => matches!(version, Version::Four),
            Self::Ip6 => matches!(version, Version::Six),
            Self::Inet | Self::Netdev => true,
            Self::Bridge | Self::Arp => false,
        }
    }
}

/// A place in the kernel where chains are asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Hook {
    Ingress,
    Prerouting,
    Input,
    Forward,
    /// One that packets from outside pass neither to this machine nor before they are forwarded.
    Other,
}

/// A table: the same name may be in each family, and in the older iptables.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct TableKey {
    pub(crate) family: Family,
    pub(crate) name: String,
    pub(crate) legacy: bool,
}

/// A part of a packet, or of what the kernel knows about it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Field {
    Source(Version),
    Destination(Version),
    /// With the protocol that the packet must have, if one.
    SourcePort(Option<u8>),
    DestinationPort(Option<u8>),
    /// The protocol above IP.
    Protocol,
    /// The same, as the header of this version of IP has it.
    Header(Version),
    /// 4 or 6.
    Version,
    InterfaceIn,
    InterfaceOut,
    Mark,
    ConnectionMark,
    /// With the bits of nftables.
    ConnectionState,
    ConnectionStatus,
    /// 0 is the original direction.
    ConnectionDirection,
    OriginalSource(Version),
    OriginalDestination(Version),
    OriginalPort,
    TcpFlags,
    /// Of IPv4, with the flags before it.
    FragmentOffset,
    IcmpType(Version),
    /// What the routes say of the destination, as `RTN_…`; it may be only what they say of the interface too.
    DestinationType {
        by_interface: bool,
    },
    SourceType,
    /// 1 where the way back leads through the interface by which it came.
    ReturnRoute,
    /// `PACKET_…`.
    PacketType,
    /// Some bits of a field, where networks of one length are looked up.
    Masked(Box<Field>, u128),
    /// Something else.
    Other(Doubt),
}

/// What a field is compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Pattern {
    /// From, to.
    Range(u128, u128),
    /// The bits of the mask are these.
    Bits { mask: u128, value: u128 },
    /// At least one of these bits is set.
    AnyBit(u128),
    /// The name of an interface.
    Name(String),
    /// The begin of one.
    NamePrefix(String),
    /// Something that is not understood, in its own words.
    Unknown(String),
}

impl Pattern {
    pub(crate) const fn one(value: u128) -> Self {
        Self::Range(value, value)
    }
}

/// One pattern for each field.
pub(crate) type Tuple = Vec<Pattern>;

/// What fields are compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Operand {
    /// Any of these.
    Any(Vec<Tuple>),
    /// What a set holds: an index of [`Model::uses`].
    Set(usize),
}

/// A condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Test {
    Compare {
        fields: Vec<Field>,
        negated: bool,
        operand: Operand,
    },
    Any(Vec<Test>),
    Unknown(Doubt),
}

/// What ends, or leads away from, a row of rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Decision {
    Accept,
    Drop,
    Return,
    Continue,
    Jump(String),
    Goto(String),
}

/// Where a destination is translated to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) address: TargetAddress,
    pub(crate) port: TargetPort,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TargetAddress {
    Kept,
    /// An address of this machine.
    Own,
    One(std::net::IpAddr),
    Unknown,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TargetPort {
    Kept,
    One(u16),
    Unknown,
}

/// How the target of a translation is found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Targets {
    One(Target),
    Map {
        fields: Vec<Field>,
        entries: Vec<(Tuple, Target)>,
    },
    /// In a map of the kernel.
    Named(usize),
}

/// One thing that a rule does, in their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    Test(Test),
    Decide(Decision),
    /// Decides by an entry of a map in the rule.
    DecideBy {
        fields: Vec<Field>,
        entries: Vec<(Tuple, Decision)>,
    },
    /// Decides by an entry of a map of the kernel.
    DecideByNamed(usize),
    /// Ends in a way that is not known.
    EndSomehow(Doubt),
    /// Something of which not even that is known.
    Anything(Doubt),
    /// Mark = mark without the bits of the mask, and then these flipped; `None` is a value that is not known.
    SetMark {
        mask: u32,
        flip: Option<u32>,
    },
    SetConnectionMark,
    Untrack,
    Translate {
        version: Option<Version>,
        targets: Targets,
    },
    /// Writes something that is not known.
    Rewrite(Field),
    /// Adds something to a set, or takes something out of it.
    Fill(SetKey),
}

impl Step {
    /// Whether it is the last thing that its rule does.
    pub(crate) const fn decides(&self) -> bool {
        match self {
            Self::Decide(_)
            | Self::DecideBy { .. }
            | Self::DecideByNamed(_)
            | Self::EndSomehow(_)
            | Self::Anything(_)
            | Self::Translate { .. } => true,
            Self::Test(_)
            | Self::SetMark { .. }
            | Self::SetConnectionMark
            | Self::Untrack
            | Self::Rewrite(_)
            | Self::Fill(_) => false,
        }
    }
}

/// A rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rule {
    pub(crate) steps: Vec<Step>,
    pub(crate) handle: Option<u64>,
    pub(crate) text: String,
    pub(crate) counter: Option<Counter>,
}

/// A row of rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Chain {
    pub(crate) table: TableKey,
    pub(crate) name: String,
    pub(crate) rules: Vec<Rule>,
    /// Where the kernel comes in by itself.
    pub(crate) base: Option<Base>,
}

impl Chain {
    /// Whether the kernel asks it about packets that pass a bridge.
    pub(crate) fn is_of_bridges(&self) -> bool {
        self.table.family == Family::Bridge && self.base.is_some()
    }

    /// Whether the kernel may ask it about packets of the machine itself, and it does anything.
    pub(crate) fn may_be_of_output(&self) -> bool {
        self.base.as_ref().is_some_and(|base| {
            base.hook == Hook::Other && !(self.rules.is_empty() && base.policy == Policy::Accept)
        })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Policy {
    Accept,
    Drop,
    Unknown,
}

/// How a chain is asked by the kernel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Base {
    pub(crate) hook: Hook,
    /// Whether it translates addresses.
    pub(crate) nat: bool,
    pub(crate) priority: i32,
    pub(crate) policy: Policy,
    /// At [`Hook::Ingress`], of which interfaces; `None` where that is not known.
    pub(crate) devices: Option<Vec<String>>,
}
