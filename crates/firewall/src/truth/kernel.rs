//! What `nft` of some versions does not list, or lists only together with everything else, asked of the kernel itself.
//!
//! `nft get element` reads all elements of all sets before it asks for one: 1.6 s with 100,000 of them anywhere in the
//! ruleset. The kernel answers the same question in microseconds.
use std::io;

use crate::{
    netlink::{Attributes, Body, Request, Socket, errno},
    truth::model::{Family, TableKey, Version},
};

/// `NFT_MSG_GETTABLE` and so on.
pub(crate) mod message {
    pub(crate) const GET_TABLE: u8 = 1;
    pub(crate) const GET_CHAIN: u8 = 4;
    pub(crate) const GET_RULE: u8 = 7;
    pub(crate) const GET_SET: u8 = 10;
    pub(crate) const GET_ELEMENTS: u8 = 13;
    pub(crate) const GET_GENERATION: u8 = 16;
}

/// `NFT_SET_…`.
const SET_ANONYMOUS: u32 = 1;
const SET_INTERVAL: u32 = 4;
const SET_MAP: u32 = 8;
/// How `nft` numbers the types of keys.
const KEY_V4: u32 = 7;
const KEY_V6: u32 = 8;
/// `NFT_SET_ELEM_INTERVAL_END` and `NFT_SET_ELEM_CATCHALL`.
const INTERVAL_END: u32 = 1;
const CATCH_ALL: u32 = 2;
/// Expressions of an element that never let it not count.
const COUNTING: [&str; 2] = ["counter", "last"];

/// Whether the kernel does not know what it is asked.
fn is_unsupported(error: &io::Error) -> bool {
    use rustix::io::Errno;
    let known = [Errno::INVAL, Errno::OPNOTSUPP, Errno::PROTONOSUPPORT];
    let number = error.raw_os_error();
    known
        .iter()
        .any(|known| number == Some(known.raw_os_error()))
}

/// How often the ruleset was changed; `None` where the kernel has no `nf_tables`.
pub(crate) fn generation(socket: &mut Socket) -> io::Result<Option<u32>> {
    let mut generation = None;
    let request = Request {
        kind: message::GET_GENERATION,
        family: 0,
        body: &Body::default(),
        all: false,
    };
    match socket.ask(&request, |of| generation = of.u32(1)) {
        Ok(()) => Ok(generation),
        Err(error) if is_unsupported(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

/// A dump that others disturbed is good enough: what they changed is one or the other.
pub(crate) fn dump(
    socket: &mut Socket,
    (kind, family): (u8, u8),
    body: &Body,
    each: impl FnMut(Attributes<'_>),
) -> io::Result<()> {
    let request = Request {
        kind,
        family,
        body,
        all: true,
    };
    match socket.ask(&request, each) {
        Err(error) if error.raw_os_error() == Some(errno::INTERRUPTED) => Ok(()),
        asked => asked,
    }
}

/// What the kernel says of a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SetKind {
    pub(crate) has_intervals: bool,
    pub(crate) key_length: usize,
}

/// A set of addresses or networks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ListedSet {
    pub(crate) table: TableKey,
    pub(crate) name: String,
    pub(crate) version: Version,
    pub(crate) kind: SetKind,
}

/// All sets of addresses or networks.
pub(crate) fn sets(socket: &mut Socket) -> io::Result<Vec<ListedSet>> {
    let mut sets = Vec::new();
    for family in Family::ALL {
        let request = (message::GET_SET, family.number());
        dump(socket, request, &Body::default(), |of| {
            let is_hidden = of
                .u32(3)
                .is_some_and(|flags| flags & (SET_ANONYMOUS | SET_MAP) != 0);
            // What `nft` says that its keys are.
            let version = match of.u32(4) {
                Some(KEY_V4) => Version::Four,
                Some(KEY_V6) => Version::Six,
                _ => return,
            };
            let (Some(table), Some(name), false) = (of.text(1), of.text(2), is_hidden) else {
                return;
            };
            sets.push(ListedSet {
                table: TableKey {
                    family,
                    name: table.to_owned(),
                    legacy: false,
                },
                name: name.to_owned(),
                version,
                kind: kind_of(of),
            });
        })?;
    }
    Ok(sets)
}

fn kind_of(of: Attributes<'_>) -> SetKind {
    SetKind {
        has_intervals: of.u32(3).is_some_and(|flags| flags & SET_INTERVAL != 0),
        key_length: of
            .u32(5)
            .and_then(|length| usize::try_from(length).ok())
            .unwrap_or_default(),
    }
}

/// An element as the kernel has it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RawElement<'a> {
    /// Empty for the element that stands for all others.
    pub(crate) key: &'a [u8],
    /// The last key, for elements that have one of their own.
    pub(crate) last: Option<&'a [u8]>,
    /// Whether an interval ends before its key.
    pub(crate) is_end: bool,
    pub(crate) is_rest: bool,
    /// Whether it has a rate or the like of its own.
    pub(crate) conditional: bool,
    pub(crate) data: Attributes<'a>,
}

/// Asks about a set; `None` where it is not there.
pub(crate) fn set_kind(
    socket: &mut Socket,
    table: &TableKey,
    name: &str,
) -> io::Result<Option<SetKind>> {
    let mut body = Body::default();
    body.put_text(1, &table.name);
    body.put_text(2, name);
    let mut kind = None;
    let request = Request {
        kind: message::GET_SET,
        family: table.family.number(),
        body: &body,
        all: false,
    };
    let asked = socket.ask(&request, |of| kind = Some(kind_of(of)));
    match asked {
        Err(error) if error.raw_os_error() == Some(errno::ABSENT) => Ok(None),
        asked => asked.map(|()| kind),
    }
}

/// Asks for the element with a key, or with `None` for that which stands for all others.
pub(crate) fn element(
    socket: &mut Socket,
    table: &TableKey,
    name: &str,
    key: Option<&[u8]>,
    mut each: impl FnMut(RawElement<'_>),
) -> io::Result<()> {
    let mut body = Body::default();
    body.put_text(1, &table.name);
    body.put_text(2, name);
    body.nest(3, |list| {
        list.nest(1, |element| match key {
            Some(key) => element.nest(1, |data| data.put(1, key)),
            None => element.put_u32(3, CATCH_ALL),
        });
    });
    let request = Request {
        kind: message::GET_ELEMENTS,
        family: table.family.number(),
        body: &body,
        all: false,
    };
    let asked = socket.ask(&request, |of| each_of(of, &mut each));
    match asked {
        Err(error) if error.raw_os_error() == Some(errno::ABSENT) => Ok(()),
        // Older kernels have no element for all others.
        Err(error) if key.is_none() && is_unsupported(&error) => Ok(()),
        asked => asked,
    }
}

/// Hands over all elements of a set.
pub(crate) fn elements(
    socket: &mut Socket,
    table: &TableKey,
    name: &str,
    mut each: impl FnMut(RawElement<'_>),
) -> io::Result<()> {
    let mut body = Body::default();
    body.put_text(1, &table.name);
    body.put_text(2, name);
    let request = (message::GET_ELEMENTS, table.family.number());
    dump(socket, request, &body, |of| each_of(of, &mut each))
}

fn each_of(answer: Attributes<'_>, each: &mut impl FnMut(RawElement<'_>)) {
    for (_, element) in answer.within(3).each() {
        let of = Attributes::new(element);
        let flags = of.u32(3).unwrap_or_default();
        let names = of.within(7).text(1).into_iter();
        let mut names = names.chain(
            of.within(11)
                .each()
                .filter_map(|(_, expression)| Attributes::new(expression).text(1)),
        );
        each(RawElement {
            key: of.within(1).get(1).unwrap_or_default(),
            last: of.within(10).get(1),
            is_end: flags & INTERVAL_END != 0,
            is_rest: flags & CATCH_ALL != 0,
            conditional: !names.all(|name| COUNTING.contains(&name)),
            data: of.within(2),
        });
    }
}
