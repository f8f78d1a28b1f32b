//! Expressions: the little steps of which a rule consists.
use crate::{
    netlink::{Attributes, Body},
    table::Counter,
};

/// `NFTA_EXPR_NAME`, and `NFTA_EXPR_DATA`.
const NAME: u16 = 1;
const DATA: u16 = 2;
/// The register that all steps use. The kernel counts it as its first of 16 bytes.
const REGISTER: u32 = 1;
/// The register whose content decides on the packet.
const VERDICT_REGISTER: u32 = 0;
/// `NFT_PAYLOAD_NETWORK_HEADER`.
const NETWORK_HEADER: u32 = 1;
/// `NFT_CT_STATE`.
const CT_STATE: u32 = 0;
/// `NFT_DYNSET_OP_UPDATE`.
const UPDATE: u32 = 1;

/// What is known of a packet beside its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meta {
    /// The number of the interface by which it came.
    Incoming,
    /// The number of the interface by which it goes.
    Outgoing,
    /// Whether it is IPv4 or IPv6.
    Protocol,
}

impl Meta {
    const fn number(self) -> u32 {
        match self {
            Self::Incoming => 4,
            Self::Outgoing => 5,
            Self::Protocol => 15,
        }
    }

    fn of(number: u32) -> Option<Self> {
        [Self::Incoming, Self::Outgoing, Self::Protocol]
            .into_iter()
            .find(|meta| meta.number() == number)
    }
}

/// What becomes of a packet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    Drop,
    Accept,
    Jump(&'static str),
    Goto(&'static str),
}

impl Verdict {
    const fn number(&self) -> i32 {
        match self {
            Self::Drop => 0,
            Self::Accept => 1,
            Self::Jump(_) => -3,
            Self::Goto(_) => -4,
        }
    }
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Expression {
    /// Takes what is known of the packet.
    Meta(Meta),
    /// Takes the state of the connection, as a bit.
    ConnectionState,
    /// Takes bytes of the header of IP.
    Header { offset: u32, length: u32 },
    /// Keeps some bits of what was taken.
    Mask(Vec<u8>),
    /// Goes on where what was taken is this.
    Is(Vec<u8>),
    /// Goes on where what was taken is not this.
    IsNot(Vec<u8>),
    /// Goes on where what was taken is in a set.
    In(String),
    /// Counts the packet in a set, at what was taken.
    CountIn(String),
    /// Counts the packet.
    Count,
    /// Decides.
    Verdict(Verdict),
}

impl Expression {
    const fn name(&self) -> &'static str {
        match self {
            Self::Meta(_) => "meta",
            Self::ConnectionState => "ct",
            Self::Header { .. } => "payload",
            Self::Mask(_) => "bitwise",
            Self::Is(_) | Self::IsNot(_) => "cmp",
            Self::In(_) => "lookup",
            Self::CountIn(_) => "dynset",
            Self::Count => "counter",
            Self::Verdict(_) => "immediate",
        }
    }

    /// The set that it names.
    pub(super) fn set(&self) -> Option<&str> {
        match self {
            Self::In(set) | Self::CountIn(set) => Some(set),
            _ => None,
        }
    }

    pub(super) fn write(&self, body: &mut Body) {
        body.put_text(NAME, self.name());
        body.nest(DATA, |data| self.write_data(data));
    }

    fn write_data(&self, data: &mut Body) {
        let value = |data: &mut Body, kind: u16, bytes: &[u8]| {
            data.nest(kind, |data| data.put(1, bytes));
        };
        match self {
            Self::Meta(meta) => {
                data.put_u32(1, REGISTER);
                data.put_u32(2, meta.number());
            }
            Self::ConnectionState => {
                data.put_u32(1, REGISTER);
                data.put_u32(2, CT_STATE);
            }
            Self::Header { offset, length } => {
                data.put_u32(1, REGISTER);
                data.put_u32(2, NETWORK_HEADER);
                data.put_u32(3, *offset);
                data.put_u32(4, *length);
            }
            Self::Mask(mask) => {
                data.put_u32(1, REGISTER);
                data.put_u32(2, REGISTER);
                data.put_u32(3, u32::try_from(mask.len()).unwrap_or_default());
                value(data, 4, mask);
                value(data, 5, &vec![0; mask.len()]);
            }
            Self::Is(bytes) | Self::IsNot(bytes) => {
                data.put_u32(1, REGISTER);
                data.put_u32(2, u32::from(matches!(self, Self::IsNot(_))));
                value(data, 3, bytes);
            }
            Self::In(set) => {
                data.put_text(1, set);
                data.put_u32(2, REGISTER);
            }
            Self::CountIn(set) => {
                data.put_text(1, set);
                data.put_u32(3, UPDATE);
                data.put_u32(4, REGISTER);
                data.nest(7, |counter| Self::Count.write(counter));
            }
            Self::Count => {}
            Self::Verdict(verdict) => {
                data.put_u32(1, VERDICT_REGISTER);
                data.nest(2, |data| data.nest(2, |data| write_verdict(verdict, data)));
            }
        }
    }

    /// The same from the kernel; `None` for what is none of ours, or written otherwise.
    pub(super) fn read(attributes: Attributes<'_>, chains: &[&'static str]) -> Option<Self> {
        let data = attributes.within(DATA);
        let read = match attributes.text(NAME)? {
            "meta" => Self::Meta(Meta::of(data.u32(2)?)?),
            "ct" if data.u32(2)? == CT_STATE => Self::ConnectionState,
            "payload" if data.u32(2)? == NETWORK_HEADER => Self::Header {
                offset: data.u32(3)?,
                length: data.u32(4)?,
            },
            "bitwise" if all_zero(data.within(5).get(1)?) => {
                Self::Mask(data.within(4).get(1)?.to_vec())
            }
            "cmp" => match data.u32(2)? {
                0 => Self::Is(data.within(3).get(1)?.to_vec()),
                1 => Self::IsNot(data.within(3).get(1)?.to_vec()),
                _ => return None,
            },
            "lookup" if data.u32(5).unwrap_or(0) == 0 => Self::In(data.text(1)?.to_owned()),
            "dynset" if data.u32(3)? == UPDATE => Self::CountIn(data.text(1)?.to_owned()),
            "counter" => Self::Count,
            "immediate" => Self::Verdict(read_verdict(data.within(2).within(2), chains)?),
            _ => return None,
        };
        Some(read)
    }

    /// What the kernel counted in a counter.
    pub(super) fn counted(attributes: Attributes<'_>) -> Option<Counter> {
        if attributes.text(NAME)? != "counter" {
            return None;
        }
        let data = attributes.within(DATA);
        Some(Counter {
            bytes: data.u64(1)?,
            packets: data.u64(2)?,
        })
    }
}

fn all_zero(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| *byte == 0)
}

fn write_verdict(verdict: &Verdict, data: &mut Body) {
    data.put(1, &verdict.number().to_be_bytes());
    if let Verdict::Jump(chain) | Verdict::Goto(chain) = verdict {
        data.put_text(2, chain);
    }
}

fn read_verdict(data: Attributes<'_>, chains: &[&'static str]) -> Option<Verdict> {
    let chain = || {
        let name = data.text(2)?;
        chains.iter().find(|chain| **chain == name).copied()
    };
    Some(match i32::from_be_bytes(data.get(1)?.try_into().ok()?) {
        0 => Verdict::Drop,
        1 => Verdict::Accept,
        -3 => Verdict::Jump(chain()?),
        -4 => Verdict::Goto(chain()?),
        _ => return None,
    })
}
