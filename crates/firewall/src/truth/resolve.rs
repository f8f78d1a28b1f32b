//! What the sets of a ruleset hold of one source, asked of the kernel.
use std::{io, net::IpAddr};

use crate::{
    netlink::{Attributes, Socket},
    truth::{
        fact::Fact,
        kernel::{self, RawElement},
        keys::{self, Layout},
        members::{Element, Members, Value},
        model::{Decision, Field, Pattern, SetKey, TableKey, Use, Version},
        packet::number,
        three::Three,
    },
};

/// More elements that can matter than this are not kept.
const MAX_ELEMENTS: usize = 100_000;
/// More destinations than this are not asked for.
const MAX_DESTINATIONS: usize = 256;

/// Of whom is asked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub(crate) source: IpAddr,
    /// All destinations that are possible and known.
    pub(crate) destinations: &'a [IpAddr],
}

/// What a set of nftables holds.
pub(crate) fn members(socket: &mut Socket, used: &Use, asked: Asked<'_>) -> Members {
    let SetKey::Nft { table, name } = &used.set else {
        return Members::unreadable("it is not a set of nftables");
    };
    let read = match kernel::set_kind(socket, table, name) {
        Ok(None) => return Members::unreadable("it is gone"),
        Ok(Some(kind)) => Reading {
            table,
            name,
            fields: &used.fields,
            kind,
            asked,
        }
        .read(socket),
        Err(error) => Err(error),
    };
    read.unwrap_or_else(|error| Members::unreadable(error.to_string()))
}

/// All addresses and networks of a set, as ranges.
pub(crate) fn addresses(
    socket: &mut Socket,
    set: &kernel::ListedSet,
) -> io::Result<Vec<(u128, u128)>> {
    let fields = [Field::Source(set.version)];
    let layout = Layout::new(&fields, set.kind.key_length)
        .ok_or_else(|| io::Error::other("the key of the set is no address"))?;
    let mut ranges = Vec::new();
    let mut halves: Vec<Half> = Vec::new();
    kernel::elements(socket, &set.table, &set.name, |raw| {
        if raw.is_rest {
            ranges.push((0, fields.first().map_or(0, Field::largest)));
        } else if set.kind.has_intervals && raw.last.is_none() {
            halves.push(Half {
                key: raw.key.to_vec(),
                is_begin: !raw.is_end,
                conditional: raw.conditional,
                value: Value::Nothing,
            });
        } else {
            ranges.push((keys::read(raw.key), keys::read(raw.last.unwrap_or(raw.key))));
        }
    })?;
    let intervals = intervals(halves, &layout).into_iter();
    ranges.extend(
        intervals.filter_map(|element| match element.tuple.as_slice() {
            [Pattern::Range(first, last)] => Some((*first, *last)),
            _ => None,
        }),
    );
    Ok(ranges)
}

/// A set that is read.
struct Reading<'a> {
    table: &'a TableKey,
    name: &'a str,
    fields: &'a [Field],
    kind: kernel::SetKind,
    asked: Asked<'a>,
}

impl Reading<'_> {
    fn read(&self, socket: &mut Socket) -> io::Result<Members> {
        let [field] = self.fields else {
            return self.list(socket);
        };
        let (field, mask) = match field {
            Field::Masked(field, mask) => (field.as_ref(), *mask),
            field => (field, u128::MAX),
        };
        let (version, addresses) = match field {
            Field::Source(version) | Field::OriginalSource(version) => {
                (*version, std::slice::from_ref(&self.asked.source))
            }
            Field::Destination(version) | Field::OriginalDestination(version) => {
                (*version, self.asked.destinations)
            }
            _ => return self.list(socket),
        };
        let mut values: Vec<u128> = addresses
            .iter()
            .filter(|address| Version::of(**address) == version)
            .map(|address| number(*address) & mask)
            .collect();
        values.sort_unstable();
        values.dedup();
        if values.len() > MAX_DESTINATIONS {
            return Ok(Members::unreadable("too many destinations are possible"));
        }
        let mut members = Members::default();
        for asked in values {
            let key = keys::of_address(version, asked);
            if key.len() != self.kind.key_length {
                return Ok(Members::unreadable("its key is no address"));
            }
            kernel::element(socket, self.table, self.name, Some(&key), |raw| {
                members.elements.push(Element {
                    tuple: vec![Pattern::one(asked)],
                    conditional: raw.conditional,
                    value: value(raw.data),
                });
            })?;
        }
        kernel::element(socket, self.table, self.name, None, |raw| {
            members.otherwise = Some(rest(&raw));
        })?;
        Ok(members)
    }

    /// Lists the set, and keeps what can be about the source.
    fn list(&self, socket: &mut Socket) -> io::Result<Members> {
        let Some(layout) = Layout::new(self.fields, self.kind.key_length) else {
            return Ok(Members::unreadable("its key is not understood"));
        };
        let mut members = Members::default();
        let mut halves: Vec<Half> = Vec::new();
        let mut is_strange = false;
        kernel::elements(socket, self.table, self.name, |raw| {
            if raw.is_rest {
                members.otherwise = Some(rest(&raw));
            } else if self.kind.has_intervals && raw.last.is_none() && self.fields.len() == 1 {
                halves.push(Half {
                    key: raw.key.to_vec(),
                    is_begin: !raw.is_end,
                    conditional: raw.conditional,
                    value: value(raw.data),
                });
            } else if let Some(tuple) = layout.tuple(raw.key, raw.last.unwrap_or(raw.key)) {
                let wanted = can_be_about(self.fields, &tuple, self.asked.source);
                if wanted && members.elements.len() <= MAX_ELEMENTS {
                    members.elements.push(Element {
                        tuple,
                        conditional: raw.conditional,
                        value: value(raw.data),
                    });
                }
            } else {
                is_strange = true;
            }
        })?;
        if is_strange || members.elements.len().max(halves.len()) > MAX_ELEMENTS {
            return Ok(Members::unreadable("it is too large, or not understood"));
        }
        members.elements.extend(intervals(halves, &layout));
        Ok(members)
    }
}

fn rest(raw: &RawElement<'_>) -> Element {
    Element {
        tuple: Vec::new(),
        conditional: raw.conditional,
        value: value(raw.data),
    }
}

/// The begin of an interval, or what comes behind its end.
struct Half {
    key: Vec<u8>,
    is_begin: bool,
    conditional: bool,
    value: Value,
}

fn intervals(mut halves: Vec<Half>, layout: &Layout<'_>) -> Vec<Element> {
    halves.sort_by(|one, other| (&one.key, one.is_begin).cmp(&(&other.key, other.is_begin)));
    let ends = halves.iter().skip(1).map(Some).chain([None]);
    let pairs = halves.iter().zip(ends);
    let pairs = pairs.filter(|(begin, _)| begin.is_begin);
    pairs
        .filter_map(|(begin, end)| {
            let last = end.map_or_else(|| vec![u8::MAX; begin.key.len()], |end| before(&end.key));
            Some(Element {
                tuple: layout.tuple(&begin.key, &last)?,
                conditional: begin.conditional,
                value: begin.value.clone(),
            })
        })
        .collect()
}

/// The key before this one.
fn before(key: &[u8]) -> Vec<u8> {
    let mut key = key.to_vec();
    for byte in key.iter_mut().rev() {
        let (less, borrowed) = byte.overflowing_sub(1);
        *byte = less;
        if !borrowed {
            break;
        }
    }
    key
}

fn can_be_about(fields: &[Field], tuple: &[Pattern], source: IpAddr) -> bool {
    let fact = Fact::known(number(source));
    fields
        .iter()
        .zip(tuple)
        .all(|(field, pattern)| match field {
            Field::Source(version) | Field::OriginalSource(version) => {
                Version::of(source) == *version && fact.like(pattern, field.largest()) != Three::No
            }
            _ => true,
        })
}

/// `NFT_…` of a verdict, and those of the kernel's packet filter.
mod code {
    pub(super) const DROP: i32 = 0;
    pub(super) const ACCEPT: i32 = 1;
    pub(super) const CONTINUE: i32 = -1;
    pub(super) const JUMP: i32 = -3;
    pub(super) const GOTO: i32 = -4;
    pub(super) const RETURN: i32 = -5;
}

fn value(data: Attributes<'_>) -> Value {
    if let Some(bytes) = data.get(1) {
        return Value::Bytes(bytes.to_vec());
    }
    let verdict = data.within(2);
    let chain = || verdict.text(2).map(str::to_owned);
    let number = verdict.u32(1).map(u32::cast_signed);
    let decision = number.and_then(|number| match number {
        code::DROP => Some(Decision::Drop),
        code::ACCEPT => Some(Decision::Accept),
        code::CONTINUE => Some(Decision::Continue),
        code::RETURN => Some(Decision::Return),
        code::JUMP => chain().map(Decision::Jump),
        code::GOTO => chain().map(Decision::Goto),
        _ => None,
    });
    decision.map_or(Value::Nothing, Value::Decision)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn half(key: u16, is_begin: bool) -> Half {
        Half {
            key: key.to_be_bytes().to_vec(),
            is_begin,
            conditional: false,
            value: Value::Nothing,
        }
    }

    #[test]
    fn intervals_pair_begins_with_ends_however_they_come() {
        let fields = [Field::DestinationPort(Some(6))];
        let layout = Layout::new(&fields, 2).unwrap();
        // 22, 80-90 and 91-99 side by side, and all from 60000 on; with the mark of nothing at 0.
        let halves = vec![
            half(60000, true),
            half(100, false),
            half(91, true),
            half(91, false),
            half(80, true),
            half(23, false),
            half(22, true),
            half(0, false),
        ];
        let found: Vec<_> = intervals(halves, &layout)
            .into_iter()
            .map(|element| element.tuple)
            .collect();
        assert_eq!(
            found,
            [
                vec![Pattern::Range(22, 22)],
                vec![Pattern::Range(80, 90)],
                vec![Pattern::Range(91, 99)],
                vec![Pattern::Range(60000, 65535)]
            ]
        );
    }

    #[test]
    fn before_borrows_from_higher_bytes() {
        assert_eq!(before(&[1, 0, 0]), [0, 255, 255]);
        assert_eq!(before(&[0, 23]), [0, 22]);
    }
}
