//! A new packet on its way, and what is known of it.
use std::net::IpAddr;

use crate::truth::{
    fact::Fact,
    machine::Machine,
    model::{Field, Hook, Version},
    state::State,
    three::Three,
    verdict::Path,
};

/// `RTN_UNICAST`, `RTN_LOCAL` and the last of them.
pub(crate) const ROUTE_UNICAST: u128 = 1;
pub(crate) const ROUTE_LOCAL: u128 = 2;
const ROUTE_LAST: u128 = 10;
/// States of a connection, as nftables has them.
pub(crate) const STATE_INVALID: u128 = 1;
pub(crate) const STATE_NEW: u128 = 8;
pub(crate) const STATE_UNTRACKED: u128 = 64;
/// Bits of the status: of a new connection only those of translation can be set.
const STATUS_SOURCE_TRANSLATED: u128 = 16;
pub(crate) const STATUS_DESTINATION_TRANSLATED: u128 = 32;
/// A first packet of TCP: SYN, without the others; the two of congestion control may be set.
const SYN: u128 = 2;
const CONGESTION_BITS: u128 = 0xc0;
/// A packet that is whole may still say that it is not to be cut.
const DO_NOT_FRAGMENT: u128 = 0x4000;
/// Echo requests.
const ECHO: u128 = 8;
const ECHO_V6: u128 = 128;
const TCP: u8 = 6;
const ICMP: u8 = 1;
const ICMP_V6: u8 = 58;

/// The number that stands for an address in comparisons.
pub(crate) fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => u128::from(address.to_bits()),
        IpAddr::V6(address) => address.to_bits(),
    }
}

impl Version {
    pub(crate) const fn of(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(_) => Self::Four,
            IpAddr::V6(_) => Self::Six,
        }
    }

    const fn number(self) -> u128 {
        match self {
            Self::Four => 4,
            Self::Six => 6,
        }
    }
}

/// Who sends it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sender {
    Address(IpAddr),
    /// Somebody whom no rule and no set names.
    Stranger(Version),
}

impl Sender {
    pub(crate) const fn version(self) -> Version {
        match self {
            Self::Address(address) => Version::of(address),
            Self::Stranger(version) => version,
        }
    }
}

/// What does not change on the way.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Packet<'a> {
    pub(crate) sender: Sender,
    pub(crate) path: Path,
    pub(crate) protocol: u8,
    /// As it was sent; `None` for protocols without ports that are told apart.
    pub(crate) port: Option<u16>,
    /// By which interface it comes, if that is known.
    pub(crate) arrival: Option<&'a str>,
    pub(crate) machine: &'a Machine,
}

impl Packet<'_> {
    pub(crate) const fn version(&self) -> Version {
        self.sender.version()
    }

    /// Where a packet goes of which only that is known whether it goes to this machine.
    pub(crate) fn destination(&self, local: Three) -> Fact {
        let own = self.machine.addresses.as_ref();
        match (local, own) {
            (Three::Yes, Some(own)) => Fact::OneOf(
                own.iter()
                    .filter(|address| Version::of(**address) == self.version())
                    .map(|address| number(*address))
                    .collect(),
            ),
            _ => Fact::some(),
        }
    }

    /// What is known of a field.
    pub(crate) fn fact(&self, field: &Field, state: &State) -> Fact {
        if state.rewritten.contains(field) {
            return Fact::Unknown;
        }
        match field {
            Field::Source(version) => self.of_version(*version, || self.source()),
            Field::Destination(version) => self.of_version(*version, || state.destination.clone()),
            Field::SourcePort(protocol) => self.of_protocol(*protocol, Fact::some),
            Field::DestinationPort(protocol) => self.of_protocol(*protocol, || state.port.clone()),
            Field::Protocol => Fact::known(u128::from(self.protocol)),
            Field::Header(version) => {
                self.of_version(*version, || Fact::known(u128::from(self.protocol)))
            }
            Field::Version => Fact::known(self.version().number()),
            Field::InterfaceIn => self.arrival(),
            Field::InterfaceOut => self.departure(state),
            Field::Mark => state.mark.clone(),
            Field::TcpFlags => self.of_protocol(Some(TCP), || Fact::Bits {
                known: !CONGESTION_BITS,
                value: SYN,
            }),
            Field::FragmentOffset => self.of_version(Version::Four, || Fact::Bits {
                known: !DO_NOT_FRAGMENT,
                value: 0,
            }),
            Field::IcmpType(Version::Four) => self.of_protocol(Some(ICMP), || Fact::known(ECHO)),
            Field::IcmpType(Version::Six) => {
                self.of_protocol(Some(ICMP_V6), || Fact::known(ECHO_V6))
            }
            Field::SourceType => self.source_type(),
            Field::DestinationType { by_interface } => destination_type(*by_interface, state),
            Field::ReturnRoute => self.return_route(),
            Field::PacketType => Fact::known(0),
            Field::ConnectionMark
            | Field::ConnectionState
            | Field::ConnectionStatus
            | Field::ConnectionDirection
            | Field::OriginalSource(_)
            | Field::OriginalDestination(_)
            | Field::OriginalPort => self.connection(field, state),
            Field::Masked(field, mask) => self.fact(field, state).masked(*mask),
            Field::Other(_) => Fact::Unknown,
        }
    }

    fn of_version(&self, version: Version, fact: impl FnOnce() -> Fact) -> Fact {
        if version == self.version() {
            fact()
        } else {
            Fact::Absent
        }
    }

    fn of_protocol(&self, protocol: Option<u8>, fact: impl FnOnce() -> Fact) -> Fact {
        if protocol.is_none_or(|protocol| protocol == self.protocol) {
            fact()
        } else {
            Fact::Absent
        }
    }

    fn source(&self) -> Fact {
        match self.sender {
            Sender::Address(address) => Fact::known(number(address)),
            Sender::Stranger(_) => Fact::Stranger,
        }
    }

    fn arrival(&self) -> Fact {
        if let Some(name) = self.arrival {
            return Fact::Names(vec![name.to_owned()]);
        }
        // Only the machine's own packets come by the loopback interface, which the list leaves out.
        let from_outside = match self.sender {
            Sender::Address(address) => self.machine.is_own(address) == Some(false),
            Sender::Stranger(_) => true,
        };
        match &self.machine.interfaces {
            Some(names) if from_outside => Fact::Names(names.clone()),
            _ => Fact::Unknown,
        }
    }

    fn departure(&self, state: &State) -> Fact {
        if state.hook != Hook::Forward {
            return Fact::NoInterface;
        }
        let route = state.destination.value().and_then(|destination| {
            let mut routes = self.machine.routes.iter();
            routes.find(|(address, _)| {
                Version::of(**address) == self.version() && number(**address) == destination
            })
        });
        if let Some((_, name)) = route {
            return Fact::Names(vec![name.clone()]);
        }
        match &self.machine.interfaces {
            Some(names) => Fact::Names(names.clone()),
            None => Fact::Unknown,
        }
    }

    fn source_type(&self) -> Fact {
        let Sender::Address(address) = self.sender else {
            return other_than_local();
        };
        match self.machine.is_own(address) {
            Some(true) => Fact::known(ROUTE_LOCAL),
            Some(false) => other_than_local(),
            None => Fact::some(),
        }
    }

    fn return_route(&self) -> Fact {
        let Sender::Address(address) = self.sender else {
            return Fact::some();
        };
        match (self.machine.routes.get(&address), self.arrival) {
            (Some(route), Some(arrival)) if route == arrival => Fact::known(1),
            _ => Fact::some(),
        }
    }

    fn connection(&self, field: &Field, state: &State) -> Fact {
        if *field == Field::ConnectionState {
            return state.connection_state();
        }
        match state.tracked() {
            Three::No => return Fact::Absent,
            Three::Maybe => return Fact::Unknown,
            Three::Yes => {}
        }
        match field {
            Field::ConnectionMark => state.connection_mark.clone(),
            Field::ConnectionStatus => status(state.translated),
            Field::ConnectionDirection => Fact::known(0),
            Field::OriginalSource(version) => self.of_version(*version, || self.source()),
            Field::OriginalDestination(version) => self.of_version(*version, || {
                self.destination(Three::from(self.path != Path::Forwarded))
            }),
            Field::OriginalPort => self
                .port
                .map_or_else(Fact::some, |port| Fact::known(u128::from(port))),
            _ => Fact::Unknown,
        }
    }
}

fn other_than_local() -> Fact {
    Fact::OneOf(
        (ROUTE_UNICAST..=ROUTE_LAST)
            .filter(|kind| *kind != ROUTE_LOCAL)
            .collect(),
    )
}

fn destination_type(by_interface: bool, state: &State) -> Fact {
    match state.local {
        // Its address may be that of another interface.
        Three::Yes if by_interface => Fact::some(),
        Three::Yes => Fact::known(ROUTE_LOCAL),
        Three::No => Fact::known(ROUTE_UNICAST),
        Three::Maybe => Fact::some(),
    }
}

fn status(translated: Three) -> Fact {
    let unknown = match translated {
        Three::Maybe => STATUS_SOURCE_TRANSLATED | STATUS_DESTINATION_TRANSLATED,
        Three::Yes | Three::No => STATUS_SOURCE_TRANSLATED,
    };
    Fact::Bits {
        known: !unknown,
        value: match translated {
            Three::Yes => STATUS_DESTINATION_TRANSLATED,
            Three::No | Three::Maybe => 0,
        },
    }
}
