//! Sets: which there are, what they are for, and how the kernel is told.
use std::{
    fmt,
    net::{Ipv4Addr, Ipv6Addr},
    time::Duration,
};

use ipnet::{Ipv4Net, Ipv6Net};

use super::number::{self, set};
pub(super) use crate::table::kind::Family;
use crate::{
    netlink::{Attributes, Body, text},
    table::kind::{Direction, Single},
};

/// How many addresses hits are counted for, in each family. Packets of more are dropped all the same.
pub(super) const HITS_SIZE: u32 = 65_536;
/// How long an address's hits are kept after its last.
pub(super) const HITS_KEPT: Duration = Duration::from_hours(24);

impl Family {
    /// The mask of networks of a length.
    pub(super) fn mask(self, length: u8) -> Vec<u8> {
        let mask = match self {
            Self::V4 => Ipv4Net::new(Ipv4Addr::UNSPECIFIED, length)
                .map(|network| network.netmask().octets().to_vec()),
            Self::V6 => Ipv6Net::new(Ipv6Addr::UNSPECIFIED, length)
                .map(|network| network.netmask().octets().to_vec()),
        };
        mask.unwrap_or_default()
    }

    /// `NFPROTO_IPV4`, `NFPROTO_IPV6`.
    pub(super) const fn protocol(self) -> u8 {
        match self {
            Self::V4 => 2,
            Self::V6 => 10,
        }
    }

    /// The type of a key by which `nft` shows it: `ipv4_addr`, `ipv6_addr`.
    const fn key_type(self) -> u32 {
        match self {
            Self::V4 => 7,
            Self::V6 => 8,
        }
    }
}

/// A set by what it is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum SetId {
    /// Counts what was dropped, by sender.
    Hits(Family),
    /// Networks of one length that come and go one by one. Sets of one length each are hashes, and networks that overlap are in different ones: an interval set
    /// would refuse the second, and would not know what to leave when the first ends.
    Single {
        list: Single,
        family: Family,
        length: u8,
    },
    /// The networks of one length that one load has blocked.
    Load {
        direction: Direction,
        family: Family,
        length: u8,
        generation: u64,
    },
}

impl SetId {
    pub(super) const fn family(self) -> Family {
        match self {
            Self::Hits(family) | Self::Single { family, .. } | Self::Load { family, .. } => family,
        }
    }

    /// Of the networks in it.
    pub(super) const fn length(self) -> Option<u8> {
        match self {
            Self::Single { length, .. } | Self::Load { length, .. } => Some(length),
            Self::Hits(_) => None,
        }
    }

    pub(super) const fn generation(self) -> Option<u64> {
        match self {
            Self::Load { generation, .. } => Some(generation),
            Self::Hits(_) | Self::Single { .. } => None,
        }
    }

    pub(super) fn of(name: &str) -> Option<Self> {
        let mut parts = name.split('_');
        let kind = parts.next()?;
        let (kind, family) = match kind.strip_suffix('4') {
            Some(kind) => (kind, Family::V4),
            None => (kind.strip_suffix('6')?, Family::V6),
        };
        let length = parts.next().map(str::parse).transpose().ok()?;
        let generation = parts.next().map(str::parse).transpose().ok()?;
        let single = |list, length| Self::Single {
            list,
            family,
            length,
        };
        let load = |direction, length, generation| Self::Load {
            direction,
            family,
            length,
            generation,
        };
        let id = match (kind, length, generation) {
            ("hits", None, None) => Self::Hits(family),
            ("allowed", Some(length), None) => single(Single::Allowed, length),
            ("banned", Some(length), None) => single(Single::Banned, length),
            ("blocked", Some(length), Some(generation)) => load(Direction::In, length, generation),
            ("out", Some(length), Some(generation)) => load(Direction::Out, length, generation),
            _ => return None,
        };
        let long = length.is_some_and(|length| length > family.bits());
        // Not `blocked4_032_7`.
        (!long && id.to_string() == name).then_some(id)
    }
}

impl fmt::Display for SetId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digit = self.family().digit();
        match self {
            Self::Hits(_) => write!(f, "hits{digit}"),
            Self::Single { list, length, .. } => write!(f, "{}{digit}_{length}", list.name()),
            Self::Load {
                direction,
                length,
                generation,
                ..
            } => {
                let list = match direction {
                    Direction::In => "blocked",
                    Direction::Out => "out",
                };
                write!(f, "{list}{digit}_{length}_{generation}")
            }
        }
    }
}

/// Of what a set of a load is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Made {
    /// Single addresses of the list.
    pub(super) addresses: usize,
    /// Wider networks of the list.
    pub(super) networks: usize,
    /// Elements, into which the networks are cut.
    pub(super) elements: usize,
}

impl Made {
    /// The comment of the set.
    fn comment(self) -> String {
        let Self {
            addresses,
            networks,
            ..
        } = self;
        format!("{addresses} addresses, {networks} networks")
    }

    fn of(comment: &str, elements: usize) -> Option<Self> {
        let (addresses, networks) = comment.split_once(" addresses, ")?;
        Some(Self {
            addresses: addresses.parse().ok()?,
            networks: networks.strip_suffix(" networks")?.parse().ok()?,
            elements,
        })
    }
}

/// A set as it is to be, or as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Set {
    pub(super) id: SetId,
    flags: u32,
    key_type: u32,
    /// The most elements that it may have; 0 is any number.
    size: u32,
    timeout: Option<Duration>,
    /// Of what it was made, where it is of a load.
    pub(super) made: Option<Made>,
}

impl Set {
    /// One whose networks come and go, or that counts hits.
    pub(super) const fn lasting(id: SetId) -> Self {
        let (flags, size, timeout) = match id {
            SetId::Hits(_) => (set::F_DYNAMIC | set::F_TIMEOUT, HITS_SIZE, Some(HITS_KEPT)),
            SetId::Single {
                list: Single::Banned,
                ..
            } => (set::F_TIMEOUT, 0, None),
            SetId::Single { .. } | SetId::Load { .. } => (0, 0, None),
        };
        Self {
            id,
            flags,
            key_type: id.family().key_type(),
            size,
            timeout,
            made: None,
        }
    }

    /// One of a load. The kernel takes no change of it once a rule asks it.
    pub(super) fn of_load(id: SetId, made: Made) -> Self {
        Self {
            flags: set::F_CONSTANT,
            // Of a hash whose size is known the kernel makes one that never grows, which is faster and smaller.
            size: u32::try_from(made.elements).unwrap_or(u32::MAX).max(1),
            made: Some(made),
            ..Self::lasting(id)
        }
    }

    /// For the message that makes it; the number tells it from the others of the batch.
    pub(super) fn write(&self, table: &str, number: u32) -> Body {
        let mut body = Body::default();
        body.put_text(set::TABLE, table);
        body.put_text(set::NAME, &self.id.to_string());
        body.put_u32(set::FLAGS, self.flags);
        body.put_u32(set::KEY_TYPE, self.key_type);
        body.put_u32(set::KEY_LENGTH, u32::from(self.id.family().bytes()));
        body.put_u32(set::ID, number);
        if self.size > 0 {
            body.nest(set::DESCRIPTION, |body| body.put_u32(set::SIZE, self.size));
        }
        if let Some(timeout) = self.timeout {
            body.put_u64(set::TIMEOUT, milliseconds(timeout));
        }
        let mut data = user_data(set::KEY_ORDER, &set::KEY_ORDER_NETWORK.to_ne_bytes());
        if let Some(made) = self.made {
            data.extend(user_text(set::COMMENT, &made.comment()));
        }
        body.put(set::USER_DATA, &data);
        body
    }

    /// From what the kernel says of it; `None` for none of ours.
    pub(super) fn read(attributes: Attributes<'_>) -> Option<Self> {
        let id = SetId::of(attributes.text(set::NAME)?)?;
        let description = attributes.within(set::DESCRIPTION);
        let size = description.u32(set::SIZE).unwrap_or(0);
        let made = attributes
            .get(set::USER_DATA)
            .and_then(|data| find_user_data(data, set::COMMENT))
            .and_then(|comment| Made::of(text(comment)?, usize::try_from(size).ok()?));
        Some(Self {
            id,
            flags: attributes.u32(set::FLAGS).unwrap_or(0),
            key_type: attributes.u32(set::KEY_TYPE)?,
            size,
            timeout: attributes.u64(set::TIMEOUT).map(Duration::from_millis),
            made,
        })
    }
}

/// In whole milliseconds, never 0, which would be for ever, nor beyond some centuries, which the kernel refuses.
pub(super) fn milliseconds(duration: Duration) -> u64 {
    let milliseconds = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
    milliseconds.clamp(1, 1 << 43)
}

/// One entry of the user data that `nft` writes beside sets and rules.
pub(super) fn user_data(kind: u8, value: &[u8]) -> Vec<u8> {
    let length = u8::try_from(value.len()).unwrap_or(u8::MAX);
    let value = value.iter().take(usize::from(length));
    [kind, length].into_iter().chain(value.copied()).collect()
}

/// A text in them, with its zero.
pub(super) fn user_text(kind: u8, value: &str) -> Vec<u8> {
    let mut bytes = value.as_bytes().to_vec();
    bytes.push(0);
    user_data(kind, &bytes)
}

/// The entry of a kind.
pub(super) fn find_user_data(mut data: &[u8], kind: u8) -> Option<&[u8]> {
    loop {
        let [found, length, rest @ ..] = data else {
            return None;
        };
        let value = rest.get(..usize::from(*length))?;
        if *found == kind {
            return Some(value);
        }
        data = rest.get(usize::from(*length)..)?;
    }
}

/// The table and the set of a message about elements.
pub(super) fn write_place(table: &str, set: &str) -> Body {
    let mut body = Body::default();
    body.put_text(number::element::TABLE, table);
    body.put_text(number::element::SET, set);
    body
}
