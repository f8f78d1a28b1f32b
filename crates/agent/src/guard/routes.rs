//! The kernel's routing tables as text.
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Gateways in `/proc/net/route`: the third column, eight hex digits in the machine's byte order.
pub(super) fn gateways_v4(text: &str) -> Vec<IpAddr> {
    text.lines()
        .skip(1)
        .filter_map(|line| {
            let gateway = line.split_whitespace().nth(2)?;
            let bits = u32::from_str_radix(gateway, 16).ok()?;
            Some(Ipv4Addr::from(bits.to_ne_bytes()))
        })
        .filter(|gateway| !gateway.is_unspecified())
        .map(IpAddr::V4)
        .collect()
}

/// Gateways in `/proc/net/ipv6_route`: the fifth column, 32 hex digits in network byte order.
pub(super) fn gateways_v6(text: &str) -> Vec<IpAddr> {
    text.lines()
        .filter_map(|line| {
            let gateway = line.split_whitespace().nth(4)?;
            (gateway.len() == 32).then_some(())?;
            u128::from_str_radix(gateway, 16).ok().map(Ipv6Addr::from)
        })
        .filter(|gateway| !gateway.is_unspecified())
        .map(IpAddr::V6)
        .collect()
}
