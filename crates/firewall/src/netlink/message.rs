//! Messages of `nf_tables` as bytes, and back.
use std::mem::size_of;

/// `NFNL_SUBSYS_NFTABLES`.
const SUBSYSTEM: u8 = 10;
/// `NFNL_MSG_BATCH_BEGIN`.
const BATCH_BEGIN: u16 = 16;
/// `NFNL_MSG_BATCH_END`.
const BATCH_END: u16 = 17;
/// `NFNL_BATCH_GENID`.
const BATCH_GENERATION: u16 = 1;
/// `NLM_F_REQUEST`.
const REQUEST: u16 = 1;
/// `NLM_F_ACK`.
const ACKNOWLEDGE: u16 = 4;
/// `NLM_F_DUMP`.
const DUMP: u16 = 0x300;
/// `NLA_F_NESTED`.
const NESTED: u16 = 0x8000;
/// What is left of an attribute's type without its flags.
const TYPE_MASK: u16 = 0x3fff;
/// Of `nlmsghdr`: length, type, flags, sequence, port.
pub(super) const HEADER: usize = 16;
/// Of `nfgenmsg`, which follows it.
pub(super) const FAMILY_HEADER: usize = 4;
/// Where the flags of a message are.
const FLAGS_AT: usize = 6;

/// The attributes of a message that is being written.
#[derive(Debug, Default)]
pub(crate) struct Body(Vec<u8>);

impl Body {
    /// An attribute.
    pub(crate) fn put(&mut self, kind: u16, value: &[u8]) {
        let length = u16::try_from(value.len() + 4).unwrap_or(u16::MAX);
        self.0.extend_from_slice(&length.to_ne_bytes());
        self.0.extend_from_slice(&kind.to_ne_bytes());
        self.0.extend_from_slice(value);
        self.0.resize(self.0.len().next_multiple_of(4), 0);
    }

    /// A number; `nf_tables` has them all in the order of the network.
    pub(crate) fn put_u32(&mut self, kind: u16, value: u32) {
        self.put(kind, &value.to_be_bytes());
    }

    /// A large number.
    pub(crate) fn put_u64(&mut self, kind: u16, value: u64) {
        self.put(kind, &value.to_be_bytes());
    }

    /// A text, with the zero at its end.
    pub(crate) fn put_text(&mut self, kind: u16, value: &str) {
        let mut bytes = value.as_bytes().to_vec();
        bytes.push(0);
        self.put(kind, &bytes);
    }

    /// An attribute of attributes.
    pub(crate) fn nest(&mut self, kind: u16, write: impl FnOnce(&mut Self)) {
        let begin = self.0.len();
        self.put(kind | NESTED, &[]);
        write(self);
        let length = u16::try_from(self.0.len() - begin).unwrap_or(u16::MAX);
        if let Some(place) = self.0.get_mut(begin..begin + 2) {
            place.copy_from_slice(&length.to_ne_bytes());
        }
    }

    /// How many bytes there are.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// The attributes as bytes.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }
}

/// The begin of a message, whose length follows when it is known.
struct Head {
    kind: u16,
    flags: u16,
    sequence: u32,
    family: u8,
    resource: u16,
}

fn write_message(bytes: &mut Vec<u8>, head: &Head, body: &[u8]) {
    let length = u32::try_from(HEADER + FAMILY_HEADER + body.len()).unwrap_or(u32::MAX);
    bytes.extend_from_slice(&length.to_ne_bytes());
    bytes.extend_from_slice(&head.kind.to_ne_bytes());
    bytes.extend_from_slice(&head.flags.to_ne_bytes());
    bytes.extend_from_slice(&head.sequence.to_ne_bytes());
    bytes.extend_from_slice(&0_u32.to_ne_bytes());
    bytes.extend_from_slice(&[head.family, 0]);
    bytes.extend_from_slice(&head.resource.to_be_bytes());
    bytes.extend_from_slice(body);
}

const fn kind_of(kind: u8) -> u16 {
    u16::from_be_bytes([SUBSYSTEM, kind])
}

/// Changes that happen all or not at all.
#[derive(Debug)]
pub(crate) struct Batch {
    bytes: Vec<u8>,
    last: usize,
    sequence: u32,
}

impl Batch {
    /// One that is refused where the ruleset is not of this generation any more, if one is given.
    pub(crate) fn new(generation: Option<u32>) -> Self {
        let mut body = Body::default();
        if let Some(generation) = generation {
            body.put_u32(BATCH_GENERATION, generation);
        }
        let mut bytes = Vec::new();
        let head = Head {
            kind: BATCH_BEGIN,
            flags: REQUEST,
            sequence: 0,
            family: 0,
            resource: u16::from(SUBSYSTEM),
        };
        write_message(&mut bytes, &head, body.bytes());
        Self {
            bytes,
            last: 0,
            sequence: 1,
        }
    }

    /// One more change.
    pub(crate) fn add(&mut self, kind: u8, flags: u16, family: u8, body: &Body) {
        self.last = self.bytes.len();
        let head = Head {
            kind: kind_of(kind),
            flags: REQUEST | flags,
            sequence: self.sequence,
            family,
            resource: 0,
        };
        write_message(&mut self.bytes, &head, body.bytes());
        self.sequence += 1;
    }

    /// Whether there is nothing to change.
    pub(crate) const fn is_empty(&self) -> bool {
        self.last == 0
    }

    /// How many bytes it has.
    pub(crate) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Asks for an answer to the last change: it comes when all have happened.
    fn acknowledged(&mut self) -> u32 {
        let at = self.last + FLAGS_AT;
        if let Some(flags) = self.bytes.get_mut(at..at + size_of::<u16>())
            && let Ok(old) = <[u8; 2]>::try_from(&*flags)
        {
            flags.copy_from_slice(&(u16::from_ne_bytes(old) | ACKNOWLEDGE).to_ne_bytes());
        }
        self.sequence - 1
    }

    /// The bytes, and the sequence number of which an answer is owed.
    pub(super) fn finish(mut self) -> (Vec<u8>, u32) {
        let owed = self.acknowledged();
        let head = Head {
            kind: BATCH_END,
            flags: REQUEST,
            sequence: self.sequence,
            family: 0,
            resource: u16::from(SUBSYSTEM),
        };
        write_message(&mut self.bytes, &head, &[]);
        (self.bytes, owed)
    }

    /// The same without its end: the kernel tries all of it, and keeps nothing.
    pub(super) fn finish_as_trial(mut self) -> (Vec<u8>, u32) {
        let owed = self.acknowledged();
        (self.bytes, owed)
    }
}

/// A question.
#[derive(Debug)]
pub(crate) struct Request<'a> {
    /// The message: `NFT_MSG_GET…`.
    pub(crate) kind: u8,
    /// The family of tables.
    pub(crate) family: u8,
    /// Of what.
    pub(crate) body: &'a Body,
    /// Whether all that there is, not one of it.
    pub(crate) all: bool,
}

impl Request<'_> {
    pub(super) fn bytes(&self, sequence: u32) -> Vec<u8> {
        let mut bytes = Vec::new();
        let head = Head {
            kind: kind_of(self.kind),
            // The acknowledgement says where the answers to one question end.
            flags: REQUEST | if self.all { DUMP } else { ACKNOWLEDGE },
            sequence,
            family: self.family,
            resource: 0,
        };
        write_message(&mut bytes, &head, self.body.bytes());
        bytes
    }
}

/// The attributes of a message that was read; what is cut off ends it.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Attributes<'a>(&'a [u8]);

impl<'a> Attributes<'a> {
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// The first of a kind.
    pub(crate) fn get(self, kind: u16) -> Option<&'a [u8]> {
        self.each()
            .find(|(found, _)| *found == kind)
            .map(|(_, value)| value)
    }

    /// All, with their kinds.
    pub(crate) fn each(self) -> impl Iterator<Item = (u16, &'a [u8])> {
        let mut left = self.0;
        std::iter::from_fn(move || {
            let length = usize::from(u16::from_ne_bytes(left.get(..2)?.try_into().ok()?));
            let kind = u16::from_ne_bytes(left.get(2..4)?.try_into().ok()?) & TYPE_MASK;
            let value = left.get(4..length)?;
            left = left.get(length.next_multiple_of(4)..).unwrap_or_default();
            Some((kind, value))
        })
    }

    /// Those within the first of a kind; none where there is none.
    pub(crate) fn within(self, kind: u16) -> Self {
        Self(self.get(kind).unwrap_or_default())
    }

    /// A number.
    pub(crate) fn u32(self, kind: u16) -> Option<u32> {
        self.get(kind)?.try_into().ok().map(u32::from_be_bytes)
    }

    /// A large number.
    pub(crate) fn u64(self, kind: u16) -> Option<u64> {
        self.get(kind)?.try_into().ok().map(u64::from_be_bytes)
    }

    /// A text; one that is not UTF-8 is nothing of ours.
    pub(crate) fn text(self, kind: u16) -> Option<&'a str> {
        text(self.get(kind)?)
    }
}

/// A text up to its zero.
pub(crate) fn text(bytes: &[u8]) -> Option<&str> {
    let end = bytes.iter().position(|byte| *byte == 0);
    std::str::from_utf8(bytes.get(..end.unwrap_or(bytes.len()))?).ok()
}
