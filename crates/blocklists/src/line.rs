//! One line of a list.
use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    str::FromStr as _,
};

use ipnet::{IpNet, Ipv4Net, ipv4_mask_to_prefix};

use crate::ranges::between;

/// What begins lines of `ipset save` and `nft list set` that hold no addresses.
const STRUCTURE: [&str; 15] = [
    "auto-merge",
    "chain",
    "comment",
    "counter",
    "create",
    "flags",
    "flush",
    "gc-interval",
    "policy",
    "set",
    "size",
    "table",
    "timeout",
    "type",
    "typeof",
];

/// In how many bits IPv4 is written within IPv6 behind its prefix.
const MAPPED_BITS: u8 = 96;

/// Where lines stand among others.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Reading {
    /// Between the braces of a set of nftables, over several lines.
    in_elements: bool,
}

/// What was found in a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Found {
    /// Networks: one, or those of a range. `was_masked`: it was written with host bits.
    Networks {
        networks: Vec<IpNet>,
        was_masked: bool,
    },
    /// Nothing that is understood.
    Junk,
}

/// Tells `found` of each entry of a line; nothing of blank lines, comments, and what only gives shape.
pub(crate) fn read(line: &str, reading: &mut Reading, mut found: impl FnMut(Found)) {
    let text = without_comment(line).trim();
    if text.is_empty() {
        return;
    }
    if reading.in_elements || opens_elements(text) {
        elements(text, reading, found);
        return;
    }
    if let Some(entry) = of_ipset(text) {
        found(self::entry(entry));
        return;
    }
    let first = text.split_ascii_whitespace().next().unwrap_or(text);
    if STRUCTURE.contains(&first) || text.starts_with(['}', '{']) {
        return;
    }
    found(of_columns(text));
}

fn without_comment(line: &str) -> &str {
    let ends = [line.find('#'), line.find(';'), line.find("//")];
    let end = ends.into_iter().flatten().min();
    end.and_then(|end| line.get(..end)).unwrap_or(line)
}

/// `elements = { … }` and `add element inet table set { … }`.
fn opens_elements(text: &str) -> bool {
    text.starts_with("elements") && text.contains('{') || text.starts_with("add element ")
}

fn elements(text: &str, reading: &mut Reading, mut found: impl FnMut(Found)) {
    let inside = if reading.in_elements {
        text
    } else {
        text.split_once('{').map_or("", |(_, inside)| inside)
    };
    let (inside, goes_on) = match inside.split_once('}') {
        Some((inside, _)) => (inside, false),
        None => (inside, true),
    };
    reading.in_elements = goes_on;
    for element in inside.split(',') {
        // Behind the address may stand a time, a counter, a comment.
        if let Some(address) = element.split_ascii_whitespace().next() {
            found(entry(address));
        }
    }
}

/// The entry of `add NAME ENTRY …`, without the port that some sets have.
fn of_ipset(text: &str) -> Option<&str> {
    let mut words = text.strip_prefix("add ")?.split_ascii_whitespace();
    let entry = words.nth(1)?;
    Some(entry.split(',').next().unwrap_or(entry))
}

fn of_columns(text: &str) -> Found {
    if text.contains(',') {
        let first = text.split(',').next().unwrap_or(text);
        return entry(first.trim().trim_matches(['"', '\'']).trim());
    }
    let mut words = text
        .split_ascii_whitespace()
        .map(|word| word.trim_matches(['"', '\'']));
    let (first, second, third) = (words.next().unwrap_or(text), words.next(), words.next());
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
    if let Ok(at) = text.parse::<SocketAddr>() {
        return one(IpNet::from(at.ip().to_canonical()), false);
    }
    let text = text.trim_start_matches('[').trim_end_matches(']');
    if let Ok(address) = text.parse::<IpAddr>() {
        return one(IpNet::from(address.to_canonical()), false);
    }
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
    match networks {
        Some(networks) => Found::Networks {
            networks: networks.collect(),
            was_masked: false,
        },
        None => Found::Junk,
    }
}

fn one(network: IpNet, was_masked: bool) -> Found {
    Found::Networks {
        networks: vec![network],
        was_masked,
    }
}
