//! What kind of address one is, by the special-purpose registries of IANA.
use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use std::net::{Ipv4Addr, Ipv6Addr};

/// Who an address can belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// Anybody on the Internet.
    Public,
    /// Somebody in a private network, also behind a provider's translation.
    Private,
    /// The machine itself.
    Loopback,
    /// Somebody on the same wire.
    LinkLocal,
    /// Nobody: for examples.
    Documentation,
    /// A group.
    Multicast,
    /// Nobody, or special use.
    Reserved,
}

/// The ranges with another scope than public (or public inside such a one); where several hold an address, the longest prefix counts.
const V4: [(Ipv4Net, Scope); 16] = [
    (v4([0, 0, 0, 0], 8), Scope::Reserved),
    (v4([10, 0, 0, 0], 8), Scope::Private),
    (v4([100, 64, 0, 0], 10), Scope::Private),
    (v4([127, 0, 0, 0], 8), Scope::Loopback),
    (v4([169, 254, 0, 0], 16), Scope::LinkLocal),
    (v4([172, 16, 0, 0], 12), Scope::Private),
    (v4([192, 0, 0, 0], 24), Scope::Reserved),
    (v4([192, 0, 2, 0], 24), Scope::Documentation),
    (v4([192, 88, 99, 0], 24), Scope::Reserved),
    (v4([192, 168, 0, 0], 16), Scope::Private),
    // Benchmarks.
    (v4([198, 18, 0, 0], 15), Scope::Reserved),
    (v4([198, 51, 100, 0], 24), Scope::Documentation),
    (v4([203, 0, 113, 0], 24), Scope::Documentation),
    (v4([224, 0, 0, 0], 4), Scope::Multicast),
    (v4([233, 252, 0, 0], 24), Scope::Documentation),
    (v4([240, 0, 0, 0], 4), Scope::Reserved),
];

const V6: [(Ipv6Net, Scope); 15] = [
    // Everything that has not been given out.
    (v6([0, 0, 0, 0], 0), Scope::Reserved),
    (v6([0x2000, 0, 0, 0], 3), Scope::Public),
    // Translated IPv4.
    (v6([0x64, 0xff9b, 0, 0], 96), Scope::Public),
    (v6([0x64, 0xff9b, 1, 0], 48), Scope::Private),
    // Protocols, but for Teredo, ORCHID and DRIP, which reach the Internet.
    (v6([0x2001, 0, 0, 0], 23), Scope::Reserved),
    (v6([0x2001, 0, 0, 0], 32), Scope::Public),
    (v6([0x2001, 0x20, 0, 0], 28), Scope::Public),
    (v6([0x2001, 0x30, 0, 0], 28), Scope::Public),
    (v6([0x2001, 0x2, 0, 0], 48), Scope::Reserved),
    (v6([0x2001, 0xdb8, 0, 0], 32), Scope::Documentation),
    (v6([0x3fff, 0, 0, 0], 20), Scope::Documentation),
    (v6([0xfc00, 0, 0, 0], 7), Scope::Private),
    (v6([0xfe80, 0, 0, 0], 10), Scope::LinkLocal),
    (v6([0xfec0, 0, 0, 0], 10), Scope::Private),
    (v6([0xff00, 0, 0, 0], 8), Scope::Multicast),
];

const fn v4([a, b, c, d]: [u8; 4], prefix: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), prefix)
}

const fn v6([a, b, c, d]: [u16; 4], prefix: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0), prefix)
}

/// The scope of an address or of a whole network; a network of several scopes has that of the smallest range that holds all of it.
pub(crate) fn scope(network: IpNet) -> Scope {
    match network {
        IpNet::V4(network) => {
            let holds = V4.iter().filter(|(range, _)| range.contains(&network));
            let longest = holds.max_by_key(|(range, _)| range.prefix_len());
            longest.map_or(Scope::Public, |(_, scope)| *scope)
        }
        IpNet::V6(network) if network.prefix_len() == 128 && network.addr().is_loopback() => {
            Scope::Loopback
        }
        IpNet::V6(network) => {
            let holds = V6.iter().filter(|(range, _)| range.contains(&network));
            let longest = holds.max_by_key(|(range, _)| range.prefix_len());
            longest.map_or(Scope::Reserved, |(_, scope)| *scope)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Scope {
        scope(domain::parse_target(text).unwrap().network)
    }

    #[test]
    fn scope_of_an_address_is_that_of_the_registries() {
        for (text, expected) in [
            ("8.8.8.8", Scope::Public),
            ("0.0.0.0", Scope::Reserved),
            ("9.255.255.255", Scope::Public),
            ("10.0.0.0", Scope::Private),
            ("11.0.0.0", Scope::Public),
            ("100.63.255.255", Scope::Public),
            ("100.64.0.1", Scope::Private),
            ("100.128.0.0", Scope::Public),
            ("127.255.0.1", Scope::Loopback),
            ("169.254.169.254", Scope::LinkLocal),
            ("172.15.0.1", Scope::Public),
            ("172.31.255.255", Scope::Private),
            ("172.32.0.0", Scope::Public),
            ("192.0.2.7", Scope::Documentation),
            ("192.168.1.1", Scope::Private),
            ("198.19.255.255", Scope::Reserved),
            ("203.0.113.5", Scope::Documentation),
            ("224.0.0.1", Scope::Multicast),
            ("233.252.0.9", Scope::Documentation),
            ("255.255.255.255", Scope::Reserved),
            ("::", Scope::Reserved),
            ("::1", Scope::Loopback),
            ("::2", Scope::Reserved),
            ("::ffff:10.0.0.1", Scope::Private),
            ("64:ff9b::808:808", Scope::Public),
            ("2001::1", Scope::Public),
            ("2001:5::1", Scope::Reserved),
            ("2001:200::1", Scope::Public),
            ("2001:db8::7", Scope::Documentation),
            ("2a00::1", Scope::Public),
            ("3fff:fff::1", Scope::Documentation),
            ("4000::1", Scope::Reserved),
            ("fd00::1", Scope::Private),
            ("fe80::1", Scope::LinkLocal),
            ("fec0::1", Scope::Private),
            ("ff02::1", Scope::Multicast),
        ] {
            assert_eq!(of(text), expected, "{text}");
        }
    }

    #[test]
    fn scope_of_a_network_is_that_of_all_its_addresses() {
        for (text, expected) in [
            ("10.1.0.0/16", Scope::Private),
            ("10.0.0.0/7", Scope::Public),
            ("203.0.113.0/25", Scope::Documentation),
            ("0.0.0.0/0", Scope::Public),
            ("2000::/3", Scope::Public),
            ("2001:db8::/33", Scope::Documentation),
        ] {
            assert_eq!(of(text), expected, "{text}");
        }
    }
}
