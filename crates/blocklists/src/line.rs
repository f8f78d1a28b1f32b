//! One line of a list.
use std::{
    borrow::Cow,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    str::FromStr as _,
};

use ipnet::{IpNet, IpSubnets, Ipv4Net, ipv4_mask_to_prefix};

use crate::ranges::between;

/// What begins lines of `ipset save` and `nft list set` that hold no addresses.
const STRUCTURE: [&str; 16] = [
    "auto-merge",
    "chain",
    "comment",
    "counter",
    "create",
    "flags",
    "flush",
    "gc-interval",
    "map",
    "policy",
    "set",
    "size",
    "table",
    "timeout",
    "type",
    "typeof",
];

/// What begins blocks of nftables that hold addresses which nobody means to block: rules, and what maps say of them.
const SKIPPED: [&str; 2] = ["chain", "map"];

/// In how many bits IPv4 is written within IPv6 behind its prefix.
const MAPPED_BITS: u8 = 96;

/// Where lines stand among others.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Reading {
    /// Between the braces of a set of nftables, over several lines.
    pub(crate) in_elements: bool,
    /// How many braces are open within a block that is skipped.
    skipped: usize,
}

/// What was found in a line.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Found {
    /// A network. `was_masked`: it was written with host bits.
    Network { network: IpNet, was_masked: bool },
    /// The networks of a range.
    Range(IpSubnets),
    /// Nothing that is understood.
    Junk,
}

/// Tells `found` of each entry of a line; nothing of blank lines, comments, and what only gives shape.
pub(crate) fn read(line: &str, reading: &mut Reading, mut found: impl FnMut(Found)) {
    let text = line.trim();
    // Most lines of most lists, and half of the time of reading them.
    if let Ok(address) = text.parse::<IpAddr>() {
        found(single(address));
        return;
    }
    if reading.skip(text) {
        return;
    }
    if let Some(elements) = elements_of(text, *reading) {
        self::elements(&elements, reading, found);
        return;
    }
    let text = without_comment(text).trim();
    if text.is_empty() {
        return;
    }
    if let Some(entry) = of_ipset(text) {
        found(self::entry(entry));
        return;
    }
    if let Some(entry) = of_json(text) {
        found(self::entry(entry));
        return;
    }
    if STRUCTURE.contains(&first_word(text)) || text.starts_with(['}', '{']) {
        return;
    }
    found(of_columns(text));
}

impl Reading {
    /// Whether a line is within a block that is skipped, or begins one.
    fn skip(&mut self, text: &str) -> bool {
        let begins = text.ends_with('{') && SKIPPED.contains(&first_word(text));
        if self.skipped == 0 && !begins {
            return false;
        }
        let text = without_quoted(text);
        let braces = |brace| text.matches(brace).count();
        self.skipped = (self.skipped + braces('{')).saturating_sub(braces('}'));
        true
    }
}

fn first_word(text: &str) -> &str {
    text.split_ascii_whitespace().next().unwrap_or(text)
}

fn without_comment(line: &str) -> &str {
    let ends = [line.find('#'), line.find(';'), line.find("//")];
    let end = ends.into_iter().flatten().min();
    end.and_then(|end| line.get(..end)).unwrap_or(line)
}

/// Quoted text may hold what means something outside of it.
fn without_quoted(text: &str) -> Cow<'_, str> {
    if !text.contains('"') {
        return Cow::Borrowed(text);
    }
    text.split('"').step_by(2).collect()
}

/// What stands between the braces of a set of nftables: of lines within them, and behind `elements = {`, `set NAME { … elements = {`, `add element FAMILY TABLE SET {`, `define NAME = {`.
fn elements_of(text: &str, reading: Reading) -> Option<Cow<'_, str>> {
    if reading.in_elements {
        return Some(without_quoted(text));
    }
    let named = match first_word(text) {
        "elements" | "define" => text,
        "set" | "table" => text.get(text.find("elements")?..)?,
        "add" if text.starts_with("add element ") => text,
        _ => return None,
    };
    let (_, elements) = named.split_once('{')?;
    Some(without_quoted(elements))
}

fn elements(text: &str, reading: &mut Reading, mut found: impl FnMut(Found)) {
    let text = text.split('#').next().unwrap_or(text);
    let (inside, goes_on) = match text.split_once('}') {
        Some((inside, _)) => (inside, false),
        None => (text, true),
    };
    reading.in_elements = goes_on;
    for element in inside.split(',') {
        let mut words = element.split_ascii_whitespace();
        match (words.next(), words.next(), words.next()) {
            (None, ..) => {}
            (Some(first), Some("-"), Some(last)) => found(range(first, last)),
            // What a map says of an address is not that it is bad.
            (_, Some(":"), _) => found(Found::Junk),
            // Behind the address may stand a time, a counter, a comment.
            (Some(address), ..) => found(entry(address)),
        }
    }
}

/// The entry of `add NAME ENTRY …`, without the port that some sets have.
fn of_ipset(text: &str) -> Option<&str> {
    let mut words = text.strip_prefix("add ")?.split_ascii_whitespace();
    let entry = words.nth(1)?;
    Some(entry.split(',').next().unwrap_or(entry))
}

/// The network of an object of JSON on a line of its own, as Spamhaus writes them. Others are about the list.
fn of_json(text: &str) -> Option<&str> {
    let mut quoted = text.strip_prefix('{')?.split('"').skip(1).step_by(2);
    quoted.find(|key| *key == "cidr")?;
    quoted.next()
}

fn of_columns(text: &str) -> Found {
    // A comma may also stand in a name far behind, which matters as little as the rest.
    let column = text.split(',').next().unwrap_or(text);
    let mut words = column
        .split_ascii_whitespace()
        .map(|word| word.trim_matches(['"', '\'']));
    let (first, second, third) = (words.next().unwrap_or(column), words.next(), words.next());
    match (second, third) {
        (Some("-"), Some(last)) => range(first, last),
        (Some(second), third) => two_columns(first, second, third),
        (None, _) => entry(first),
    }
}

/// Hosts files name an address of nowhere first; `DShield` writes the first and the last address, and then the bits.
fn two_columns(first: &str, second: &str, third: Option<&str>) -> Found {
    let address = |text: &str| IpAddr::from_str(text).ok();
    let Some(begin) = address(first) else {
        return entry(first);
    };
    if begin.is_unspecified() || begin.is_loopback() {
        return entry(second);
    }
    let has_bits = third.is_some_and(|bits| bits.parse::<u8>().is_ok_and(|bits| bits <= 128));
    match address(second) {
        Some(_) if has_bits => range(first, second),
        _ => entry(first),
    }
}

/// An address, also with a port, a network or a range without spaces.
fn entry(text: &str) -> Found {
    let bare = text.trim_start_matches('[').trim_end_matches(']');
    if let Ok(address) = bare.parse::<IpAddr>() {
        return single(address);
    }
    if let Ok(at) = text.parse::<SocketAddr>() {
        return single(at.ip());
    }
    let text = bare;
    if let Some((address, bits)) = text.split_once('/') {
        return network(address, bits);
    }
    match text.split_once('-') {
        Some((first, last)) => range(first.trim(), last.trim()),
        None => Found::Junk,
    }
}

fn network(address: &str, bits: &str) -> Found {
    let Ok(address) = address.trim().parse::<IpAddr>() else {
        return Found::Junk;
    };
    let bits = bits.trim();
    let Some(prefix) = prefix(address, bits) else {
        return Found::Junk;
    };
    let Ok(network) = IpNet::new(address, prefix) else {
        return Found::Junk;
    };
    let network = unmapped(network);
    one(network.trunc(), network != network.trunc())
}

/// The bits as a number, or as a netmask.
fn prefix(address: IpAddr, bits: &str) -> Option<u8> {
    if let Ok(number) = bits.parse() {
        return Some(number);
    }
    let mask = bits
        .parse::<Ipv4Addr>()
        .ok()
        .filter(|_| address.is_ipv4())?;
    ipv4_mask_to_prefix(mask).ok()
}

/// IPv4 that is written within IPv6, as itself.
fn unmapped(network: IpNet) -> IpNet {
    let (IpAddr::V4(address), Some(prefix)) = (
        network.addr().to_canonical(),
        network.prefix_len().checked_sub(MAPPED_BITS),
    ) else {
        return network;
    };
    if network.addr().is_ipv4() {
        return network;
    }
    Ipv4Net::new(address, prefix).map_or(network, IpNet::V4)
}

fn range(first: &str, last: &str) -> Found {
    let address = |text: &str| {
        text.parse::<IpAddr>()
            .ok()
            .map(|address| address.to_canonical())
    };
    let networks = address(first)
        .zip(address(last))
        .and_then(|(first, last)| between(first, last));
    networks.map_or(Found::Junk, Found::Range)
}

fn single(address: IpAddr) -> Found {
    one(IpNet::from(address.to_canonical()), false)
}

const fn one(network: IpNet, was_masked: bool) -> Found {
    Found::Network {
        network,
        was_masked,
    }
}
