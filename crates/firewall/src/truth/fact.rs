//! What is known of one field of a packet, and whether it is like a pattern.
use crate::truth::{
    model::{Field, Pattern},
    three::Three,
    verdict::Doubt,
};

const TCP: u8 = 6;
const UDP: u8 = 17;

/// What is known of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fact {
    /// The bits of `known` are as in `value`; the others may be anything.
    Bits { known: u128, value: u128 },
    /// One of these.
    OneOf(Vec<u128>),
    /// One of these names.
    Names(Vec<String>),
    /// Nothing is known, not even whether there is such a field.
    Unknown,
    /// The packet has no such field: a rule that asks for it passes the packet by.
    Absent,
    /// There is no interface; newer kernels compare with an empty name, older ones pass the packet by.
    NoInterface,
    /// An address that no rule and no set names.
    Stranger,
}

impl Fact {
    /// A value that is known.
    pub(crate) const fn known(value: u128) -> Self {
        Self::Bits {
            known: u128::MAX,
            value,
        }
    }

    /// A field that is there, with a value that is not known.
    pub(crate) const fn some() -> Self {
        Self::Bits { known: 0, value: 0 }
    }

    /// The value, where it is known and one.
    pub(crate) fn value(&self) -> Option<u128> {
        match self {
            Self::Bits {
                known: u128::MAX,
                value,
            } => Some(*value),
            Self::OneOf(values) => match values.as_slice() {
                [value] => Some(*value),
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether all values that it may have are known.
    pub(crate) const fn is_known(&self) -> bool {
        match self {
            Self::Bits { known, .. } => *known == u128::MAX,
            Self::OneOf(_) | Self::Names(_) | Self::Stranger => true,
            Self::Unknown | Self::Absent | Self::NoInterface => false,
        }
    }

    /// What is known of these bits alone.
    pub(crate) fn masked(self, mask: u128) -> Self {
        match self {
            Self::Bits { known, value } => Self::Bits {
                known: known | !mask,
                value: value & mask,
            },
            Self::OneOf(values) => Self::OneOf(values.iter().map(|value| value & mask).collect()),
            other => other,
        }
    }

    /// What is known where either is so.
    pub(crate) fn join(self, other: Self) -> Self {
        if self == other {
            return self;
        }
        match (self, other) {
            (
                Self::Bits { known, value },
                Self::Bits {
                    known: also,
                    value: second,
                },
            ) => {
                let known = known & also & !(value ^ second);
                Self::Bits {
                    known,
                    value: value & known,
                }
            }
            _ => Self::Unknown,
        }
    }

    /// Whether it is like the pattern; `largest` is the largest value that the field can have.
    pub(crate) fn like(&self, pattern: &Pattern, largest: u128) -> Three {
        match (self, pattern) {
            (Self::Absent, _) => Three::No,
            (Self::Unknown, _) | (_, Pattern::Unknown(_)) => Three::Maybe,
            (Self::Stranger, Pattern::Range(first, last)) => {
                Three::from(*first == 0 && *last >= largest)
            }
            (Self::Stranger | Self::NoInterface, _) => Three::No,
            (Self::Names(names), Pattern::Name(wanted)) => {
                Three::agreed(names.iter().map(|name| Three::from(name == wanted)))
            }
            (Self::Names(names), Pattern::NamePrefix(begin)) => Three::agreed(
                names
                    .iter()
                    .map(|name| Three::from(name.starts_with(begin.as_str()))),
            ),
            (Self::OneOf(values), pattern) => Three::agreed(
                values
                    .iter()
                    .map(|value| bits_like(u128::MAX, *value, pattern, largest)),
            ),
            (Self::Bits { known, value }, pattern) => bits_like(*known, *value, pattern, largest),
            (Self::Names(_), _) => Three::Maybe,
        }
    }
}

fn bits_like(known: u128, value: u128, pattern: &Pattern, largest: u128) -> Three {
    match pattern {
        Pattern::Range(first, last) if *first == 0 && *last >= largest => Three::Yes,
        Pattern::Range(first, last) if known & largest == largest => {
            Three::from((*first..=*last).contains(&value))
        }
        Pattern::Bits {
            mask,
            value: wanted,
        } => {
            if (value ^ wanted) & mask & known != 0 {
                Three::No
            } else if mask & !known & largest != 0 {
                Three::Maybe
            } else {
                Three::Yes
            }
        }
        Pattern::AnyBit(mask) => {
            if value & mask & known != 0 {
                Three::Yes
            } else if mask & !known != 0 {
                Three::Maybe
            } else {
                Three::No
            }
        }
        _ => Three::Maybe,
    }
}

impl Field {
    /// The largest value that it can have.
    pub(crate) fn largest(&self) -> u128 {
        use crate::truth::model::Version::{Four, Six};
        match self {
            Self::Masked(field, _) => field.largest(),
            Self::Source(Six)
            | Self::Destination(Six)
            | Self::OriginalSource(Six)
            | Self::OriginalDestination(Six)
            | Self::InterfaceIn
            | Self::InterfaceOut
            | Self::Other(_) => u128::MAX,
            Self::Source(Four)
            | Self::Destination(Four)
            | Self::OriginalSource(Four)
            | Self::OriginalDestination(Four)
            | Self::Mark
            | Self::ConnectionMark
            | Self::ConnectionState
            | Self::ConnectionStatus
            | Self::DestinationType { .. }
            | Self::SourceType => u128::from(u32::MAX),
            Self::SourcePort(_)
            | Self::DestinationPort(_)
            | Self::OriginalPort
            | Self::FragmentOffset => u128::from(u16::MAX),
            Self::Protocol
            | Self::Header(_)
            | Self::Version
            | Self::ConnectionDirection
            | Self::TcpFlags
            | Self::IcmpType(_)
            | Self::ReturnRoute
            | Self::PacketType => u128::from(u8::MAX),
        }
    }

    /// All that is written where this is: other names of the same thing, and what follows from it.
    pub(crate) fn written_with(self) -> Vec<Self> {
        use crate::truth::model::Version::{Four, Six};
        match self {
            Self::DestinationPort(protocol) => [protocol, None, Some(TCP), Some(UDP)]
                .into_iter()
                .map(Self::DestinationPort)
                .collect(),
            Self::Destination(_) => vec![
                self,
                Self::DestinationType {
                    by_interface: false,
                },
                Self::DestinationType { by_interface: true },
                Self::InterfaceOut,
            ],
            Self::Source(_) => vec![self, Self::SourceType, Self::ReturnRoute],
            Self::Header(_) => vec![Self::Protocol, Self::Header(Four), Self::Header(Six)],
            Self::Other(_) => Vec::new(),
            other => vec![other],
        }
    }

    /// Whether it is the source, or a part of it.
    pub(crate) fn is_of_source(&self) -> bool {
        match self {
            Self::Source(_) => true,
            Self::Masked(field, _) => field.is_of_source(),
            _ => false,
        }
    }

    /// Whether it is an address, or a part of one: sets are asked only for those that are known.
    pub(crate) fn is_of_address(&self) -> bool {
        match self {
            Self::Source(_)
            | Self::Destination(_)
            | Self::OriginalSource(_)
            | Self::OriginalDestination(_) => true,
            Self::Masked(field, _) => field.is_of_address(),
            _ => false,
        }
    }

    /// What is not known where this is not.
    pub(crate) fn doubt(&self) -> Doubt {
        match self {
            Self::InterfaceIn | Self::InterfaceOut | Self::ReturnRoute => Doubt::Interface,
            Self::Destination(_) | Self::OriginalDestination(_) | Self::DestinationType { .. } => {
                Doubt::Destination
            }
            Self::SourcePort(_) => Doubt::SourcePort,
            Self::Mark | Self::ConnectionMark => Doubt::Mark,
            Self::Masked(field, _) => field.doubt(),
            Self::Other(doubt) => doubt.clone(),
            Self::Source(_) | Self::OriginalSource(_) => unknown("source address"),
            Self::DestinationPort(_) | Self::OriginalPort => unknown("destination port"),
            Self::Protocol | Self::Header(_) | Self::Version => unknown("protocol"),
            Self::ConnectionState | Self::ConnectionStatus | Self::ConnectionDirection => {
                unknown("connection state")
            }
            Self::TcpFlags => unknown("tcp flags"),
            Self::FragmentOffset => unknown("fragment offset"),
            Self::IcmpType(_) => unknown("icmp type"),
            Self::SourceType => unknown("type of the source address"),
            Self::PacketType => unknown("packet type"),
        }
    }
}

fn unknown(text: &str) -> Doubt {
    Doubt::Unknown {
        text: text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Three::{Maybe, No, Yes};

    #[test]
    fn fact_like_range_is_known_as_far_as_the_bits_are() {
        let range = Pattern::Range(10, 20);
        let all = Pattern::Range(0, 65535);
        for (fact, in_range, in_all) in [
            (Fact::known(10), Yes, Yes),
            (Fact::known(21), No, Yes),
            (Fact::some(), Maybe, Yes),
            (Fact::OneOf(vec![10, 20]), Yes, Yes),
            (Fact::OneOf(vec![1, 2]), No, Yes),
            (Fact::OneOf(vec![1, 20]), Maybe, Yes),
            (Fact::Unknown, Maybe, Maybe),
            (Fact::Absent, No, No),
            (Fact::Stranger, No, Yes),
        ] {
            assert_eq!(fact.like(&range, 65535), in_range, "{fact:?}");
            assert_eq!(fact.like(&all, 65535), in_all, "{fact:?}");
        }
    }

    #[test]
    fn fact_like_bits_asks_only_for_bits_that_matter() {
        let syn = Fact::Bits {
            known: 0x3f,
            value: 2,
        };
        let bits = |mask, value| Pattern::Bits { mask, value };
        assert_eq!(syn.like(&bits(0x17, 2), 255), Yes);
        assert_eq!(syn.like(&bits(0x17, 0x12), 255), No);
        assert_eq!(syn.like(&bits(0xff, 2), 255), Maybe);
        assert_eq!(syn.like(&bits(0xff, 1), 255), No);
        assert_eq!(syn.like(&Pattern::AnyBit(2), 255), Yes);
        assert_eq!(syn.like(&Pattern::AnyBit(0x10), 255), No);
        assert_eq!(syn.like(&Pattern::AnyBit(0x90), 255), Maybe);
    }

    #[test]
    fn fact_like_names_agrees_only_where_all_do() {
        let one = Fact::Names(vec!["eth0".into()]);
        let two = Fact::Names(vec!["eth0".into(), "eth1".into()]);
        let name = Pattern::Name("eth0".into());
        let begin = Pattern::NamePrefix("eth".into());
        let other = Pattern::Name("lo".into());
        assert_eq!(one.like(&name, 0), Yes);
        assert_eq!(two.like(&name, 0), Maybe);
        assert_eq!(two.like(&begin, 0), Yes);
        assert_eq!(two.like(&other, 0), No);
        assert_eq!(Fact::NoInterface.like(&name, 0), No);
    }

    #[test]
    fn fact_join_keeps_what_both_say() {
        assert_eq!(Fact::known(4).join(Fact::known(4)), Fact::known(4));
        let joined = Fact::known(0b1100).join(Fact::known(0b1000));
        let bits = |mask, value| Pattern::Bits { mask, value };
        assert_eq!(joined.like(&bits(0b1000, 0b1000), 255), Yes);
        assert_eq!(joined.like(&bits(0b0100, 0b0100), 255), Maybe);
        assert_eq!(Fact::known(1).join(Fact::OneOf(vec![1, 2])), Fact::Unknown);
    }
}
