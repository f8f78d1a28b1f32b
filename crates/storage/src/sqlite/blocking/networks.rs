//! Networks as columns: each its address and its prefix length, one behind the other.
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use domain::StorageError;
use ipnet::IpNet;

use super::inconsistent;

const TABLE: &str = "blocklist_copies";

/// Networks of IPv4, and of IPv6.
pub(super) struct Columns {
    pub(super) v4: Vec<u8>,
    pub(super) v6: Vec<u8>,
}

pub(super) fn to_columns(networks: &[IpNet]) -> Columns {
    let mut columns = Columns {
        v4: Vec::new(),
        v6: Vec::new(),
    };
    for network in networks {
        match network {
            IpNet::V4(network) => {
                columns.v4.extend(network.addr().octets());
                columns.v4.push(network.prefix_len());
            }
            IpNet::V6(network) => {
                columns.v6.extend(network.addr().octets());
                columns.v6.push(network.prefix_len());
            }
        }
    }
    columns
}

pub(super) fn from_columns(v4: &[u8], v6: &[u8]) -> Result<Vec<IpNet>, StorageError> {
    let (fours, rest) = v4.as_chunks::<5>();
    let (sixes, more) = v6.as_chunks::<17>();
    if !rest.is_empty() || !more.is_empty() {
        return Err(inconsistent(TABLE, "a network is cut off"));
    }
    let fours = fours.iter().map(|[a, b, c, d, prefix]| {
        let address = Ipv4Addr::new(*a, *b, *c, *d);
        IpNet::new(IpAddr::V4(address), *prefix)
    });
    let sixes = sixes.iter().map(|bytes| {
        let (octets, prefix) = bytes
            .split_first_chunk::<16>()
            .map_or(([0; 16], u8::MAX), |(octets, rest)| {
                (*octets, rest.first().copied().unwrap_or(u8::MAX))
            });
        IpNet::new(IpAddr::V6(Ipv6Addr::from(octets)), prefix)
    });
    fours
        .chain(sixes)
        .collect::<Result<_, _>>()
        .map_err(|_| inconsistent(TABLE, "a prefix is too long"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn networks_written_and_read_are_the_same(
            fours in prop::collection::vec((any::<u32>(), 0_u8..=32), 0..50),
            sixes in prop::collection::vec((any::<u128>(), 0_u8..=128), 0..50),
        ) {
            let fours = fours.into_iter().map(|(bits, prefix)| IpNet::new(IpAddr::V4(bits.into()), prefix).unwrap());
            let sixes = sixes.into_iter().map(|(bits, prefix)| IpNet::new(IpAddr::V6(bits.into()), prefix).unwrap());
            let networks: Vec<IpNet> = fours.chain(sixes).collect();
            let columns = to_columns(&networks);
            prop_assert_eq!(from_columns(&columns.v4, &columns.v6).unwrap(), networks);
        }
    }

    #[test]
    fn columns_that_nobody_wrote_are_refused() {
        assert!(from_columns(&[1, 2, 3, 4], &[]).is_err());
        assert!(from_columns(&[1, 2, 3, 4, 33], &[]).is_err());
        assert!(from_columns(&[], &[129; 17]).is_err());
    }
}
