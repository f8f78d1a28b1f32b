//! The keys of elements as the kernel has them.
use std::net::IpAddr;

use crate::truth::{
    model::{Field, Pattern, Tuple, Version},
    packet::number,
};

/// `IFNAMSIZ`.
const NAME_LENGTH: usize = 16;
/// Each part of a key takes a multiple of this.
const ROUND: usize = 4;

/// How many bytes a field has in a key; `None` where it has several forms.
fn width(field: &Field) -> Option<usize> {
    match field {
        Field::Masked(field, _) => width(field),
        Field::Source(Version::Four)
        | Field::Destination(Version::Four)
        | Field::OriginalSource(Version::Four)
        | Field::OriginalDestination(Version::Four) => Some(4),
        Field::Source(Version::Six)
        | Field::Destination(Version::Six)
        | Field::OriginalSource(Version::Six)
        | Field::OriginalDestination(Version::Six) => Some(16),
        Field::SourcePort(_) | Field::DestinationPort(_) | Field::OriginalPort => Some(2),
        Field::Protocol | Field::Header(_) | Field::IcmpType(_) | Field::TcpFlags => Some(1),
        _ => None,
    }
}

/// How the parts of a key lie in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Layout<'a> {
    fields: &'a [Field],
    /// The bytes of each.
    widths: Vec<usize>,
    length: usize,
}

impl<'a> Layout<'a> {
    /// The layout of these fields in a key of this length; at most one of them may have a length that is not known.
    pub(crate) fn new(fields: &'a [Field], length: usize) -> Option<Self> {
        let round = |bytes: usize| {
            if fields.len() == 1 {
                bytes
            } else {
                bytes.next_multiple_of(ROUND)
            }
        };
        let known: usize = fields.iter().filter_map(width).map(round).sum();
        let unknown = fields.iter().filter(|field| width(field).is_none()).count();
        let rest = length.checked_sub(known)?;
        if unknown > 1 || (unknown == 0) != (rest == 0) {
            return None;
        }
        Some(Self {
            fields,
            widths: fields
                .iter()
                .map(|field| width(field).unwrap_or(rest))
                .collect(),
            length,
        })
    }

    /// The patterns of an element from its first and its last key.
    pub(crate) fn tuple(&self, first: &[u8], last: &[u8]) -> Option<Tuple> {
        if first.len() < self.length || last.len() < self.length {
            return None;
        }
        let mut at = 0;
        let mut tuple = Tuple::new();
        for (field, width) in self.fields.iter().zip(&self.widths) {
            let part = at..at + width;
            tuple.push(pattern(field, first.get(part.clone())?, last.get(part)?));
            at += width.next_multiple_of(ROUND);
        }
        Some(tuple)
    }
}

fn pattern(field: &Field, first: &[u8], last: &[u8]) -> Pattern {
    let unknown = || Pattern::Unknown("a part of a set's key".to_owned());
    match field {
        Field::InterfaceIn | Field::InterfaceOut if first.len() == NAME_LENGTH => {
            let end = first.iter().position(|byte| *byte == 0);
            let name = first.get(..end.unwrap_or(NAME_LENGTH)).unwrap_or_default();
            match std::str::from_utf8(name) {
                Ok(name) if first == last => Pattern::Name(name.to_owned()),
                _ => unknown(),
            }
        }
        _ if width(field).is_none() => unknown(),
        _ => Pattern::Range(read(first), read(last)),
    }
}

/// A number in the order of the network.
pub(crate) fn read(bytes: &[u8]) -> u128 {
    let bytes = bytes.iter().take(size_of::<u128>());
    bytes.fold(0, |number, byte| number << 8 | u128::from(*byte))
}

/// The key of an address that was masked.
pub(crate) fn of_address(version: Version, value: u128) -> Vec<u8> {
    let bytes = value.to_be_bytes();
    let from = match version {
        Version::Four => 12,
        Version::Six => 0,
    };
    bytes.get(from..).unwrap_or_default().to_vec()
}

/// An element with this address and nothing else in its key.
pub(crate) fn tuple_of(address: IpAddr) -> Tuple {
    vec![Pattern::one(number(address))]
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: Field = Field::Source(Version::Four);
    const PORT: Field = Field::DestinationPort(Some(6));

    #[test]
    fn layout_reads_parts_that_take_whole_words() {
        let fields = [SOURCE, Field::Protocol, PORT];
        let layout = Layout::new(&fields, 12).unwrap();
        let first = [10, 0, 0, 0, 6, 0, 0, 0, 0, 22, 0, 0];
        let last = [10, 0, 0, 255, 6, 0, 0, 0, 0, 23, 0, 0];
        assert_eq!(
            layout.tuple(&first, &last).unwrap(),
            [
                Pattern::Range(0x0a00_0000, 0x0a00_00ff),
                Pattern::one(6),
                Pattern::Range(22, 23)
            ]
        );
        assert_eq!(layout.tuple(&first, &last[..11]), None);
    }

    #[test]
    fn layout_of_another_length_is_none() {
        assert_eq!(Layout::new(&[SOURCE, PORT], 12), None);
        assert_eq!(Layout::new(&[SOURCE], 16), None);
        assert_eq!(Layout::new(&[PORT], 2).unwrap().widths, [2]);
        let unknown = Field::Mark;
        assert_eq!(
            Layout::new(&[SOURCE, unknown.clone()], 8).unwrap().widths,
            [4, 4]
        );
        assert_eq!(Layout::new(&[unknown.clone(), unknown], 8), None);
    }

    #[test]
    fn layout_reads_names_of_interfaces() {
        let fields = [Field::InterfaceIn];
        let layout = Layout::new(&fields, 16).unwrap();
        let mut key = [0; 16];
        key[..4].copy_from_slice(b"eth0");
        assert_eq!(
            layout.tuple(&key, &key).unwrap(),
            [Pattern::Name("eth0".into())]
        );
        assert!(matches!(
            layout.tuple(&key, &[255; 16]).unwrap().as_slice(),
            [Pattern::Unknown(_)]
        ));
    }
}
