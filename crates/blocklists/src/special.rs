//! Addresses that mean no machine of the public internet (RFC 6890 and its successors).
use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

/// What an address is that no machine of the public internet has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Special {
    /// All zeros, or "this network".
    Unspecified,
    /// The machine itself.
    Loopback,
    /// For networks of somebody's own (RFC 1918, RFC 4193, and what they were before).
    Private,
    /// Between a provider and its customers (RFC 6598).
    Shared,
    /// Only on the wire it is on.
    LinkLocal,
    /// Where clouds tell a machine its secrets.
    Metadata,
    /// For examples in texts.
    Documentation,
    /// For measuring.
    Benchmark,
    /// For groups.
    Multicast,
    /// For all at once.
    Broadcast,
    /// An IPv4 address is written within it.
    Translated,
    /// Kept for protocols, or for later.
    Reserved,
}

impl fmt::Display for Special {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unspecified => "unspecified",
            Self::Loopback => "loopback",
            Self::Private => "private",
            Self::Shared => "shared (carrier NAT)",
            Self::LinkLocal => "link-local",
            Self::Metadata => "cloud metadata",
            Self::Documentation => "documentation",
            Self::Benchmark => "benchmark",
            Self::Multicast => "multicast",
            Self::Broadcast => "broadcast",
            Self::Translated => "translated",
            Self::Reserved => "reserved",
        })
    }
}

const fn v4(octets: [u8; 4], prefix: u8) -> Ipv4Net {
    let [a, b, c, d] = octets;
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), prefix)
}

const fn v6(begin: [u16; 3], prefix: u8) -> Ipv6Net {
    let [a, b, c] = begin;
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0), prefix)
}

/// The first that has an address says what it is.
const V4: [(Ipv4Net, Special); 16] = [
    (v4([0, 0, 0, 0], 8), Special::Unspecified),
    (v4([10, 0, 0, 0], 8), Special::Private),
    (v4([100, 64, 0, 0], 10), Special::Shared),
    (v4([127, 0, 0, 0], 8), Special::Loopback),
    (v4([169, 254, 0, 0], 16), Special::LinkLocal),
    (v4([172, 16, 0, 0], 12), Special::Private),
    (v4([192, 0, 0, 0], 24), Special::Reserved),
    (v4([192, 0, 2, 0], 24), Special::Documentation),
    // What relays of 6to4 had, before RFC 7526 took it away.
    (v4([192, 88, 99, 0], 24), Special::Reserved),
    (v4([192, 168, 0, 0], 16), Special::Private),
    (v4([198, 18, 0, 0], 15), Special::Benchmark),
    (v4([198, 51, 100, 0], 24), Special::Documentation),
    (v4([203, 0, 113, 0], 24), Special::Documentation),
    (v4([224, 0, 0, 0], 4), Special::Multicast),
    (v4([255, 255, 255, 255], 32), Special::Broadcast),
    (v4([240, 0, 0, 0], 4), Special::Reserved),
];

const V6: [(Ipv6Net, Special); 17] = [
    (v6([0, 0, 0], 128), Special::Unspecified),
    (
        Ipv6Net::new_assert(Ipv6Addr::LOCALHOST, 128),
        Special::Loopback,
    ),
    (
        Ipv6Net::new_assert(Ipv6Addr::new(0, 0, 0, 0, 0, 0xffff, 0, 0), 96),
        Special::Translated,
    ),
    (v6([0x64, 0xff9b, 0], 96), Special::Translated),
    (v6([0x64, 0xff9b, 1], 48), Special::Translated),
    (v6([0x100, 0, 0], 64), Special::Reserved),
    // Teredo.
    (v6([0x2001, 0, 0], 32), Special::Translated),
    (v6([0x2001, 2, 0], 48), Special::Benchmark),
    (v6([0x2001, 0, 0], 23), Special::Reserved),
    (v6([0x2001, 0xdb8, 0], 32), Special::Documentation),
    // 6to4.
    (v6([0x2002, 0, 0], 16), Special::Translated),
    (v6([0x3fff, 0, 0], 20), Special::Documentation),
    (v6([0x5f00, 0, 0], 16), Special::Reserved),
    (v6([0xfc00, 0, 0], 7), Special::Private),
    (v6([0xfe80, 0, 0], 10), Special::LinkLocal),
    (v6([0xfec0, 0, 0], 10), Special::Private),
    (v6([0xff00, 0, 0], 8), Special::Multicast),
];

/// Where clouds tell machines about themselves: most of them, Azure, Alibaba, Oracle.
const METADATA_V4: [Ipv4Addr; 4] = [
    Ipv4Addr::new(169, 254, 169, 254),
    Ipv4Addr::new(168, 63, 129, 16),
    Ipv4Addr::new(100, 100, 100, 200),
    Ipv4Addr::new(192, 0, 0, 192),
];
/// Amazon and Google.
const METADATA_V6: [Ipv6Addr; 2] = [
    Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254),
    Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254),
];

/// All that the public internet has of IPv6.
const GLOBAL: Ipv6Net = v6([0x2000, 0, 0], 3);
/// Where a translator of a whole network writes IPv4 (RFC 6052): a name of a public machine may lead there.
const TRANSLATOR: Ipv6Net = v6([0x64, 0xff9b, 0], 96);

/// All networks that no list of public addresses means.
pub(crate) fn networks() -> impl Iterator<Item = IpNet> {
    let v4 = V4.iter().map(|(network, _)| IpNet::V4(*network));
    v4.chain(V6.iter().map(|(network, _)| IpNet::V6(*network)))
}

/// What an address is other than public, if so. IPv4 within IPv6 is what it is itself where a translator of the network may stand for a public machine.
pub(crate) fn special(address: IpAddr) -> Option<Special> {
    match address.to_canonical() {
        IpAddr::V4(address) => of_v4(address),
        IpAddr::V6(address) => of_v6(address),
    }
}

fn of_v4(address: Ipv4Addr) -> Option<Special> {
    if METADATA_V4.contains(&address) {
        return Some(Special::Metadata);
    }
    V4.iter()
        .find(|(network, _)| network.contains(&address))
        .map(|(_, special)| *special)
}

fn of_v6(address: Ipv6Addr) -> Option<Special> {
    if METADATA_V6.contains(&address) {
        return Some(Special::Metadata);
    }
    if TRANSLATOR.contains(&address) {
        let [.., a, b, c, d] = address.octets();
        return of_v4(Ipv4Addr::new(a, b, c, d));
    }
    let known = V6.iter().find(|(network, _)| network.contains(&address));
    match known {
        Some((_, special)) => Some(*special),
        // IPv4 in the last bits of zeros was the first way to write it, and is none any more.
        None if address.octets().starts_with(&[0; 12]) => Some(Special::Translated),
        None => (!GLOBAL.contains(&address)).then_some(Special::Reserved),
    }
}

#[cfg(test)]
mod tests;
