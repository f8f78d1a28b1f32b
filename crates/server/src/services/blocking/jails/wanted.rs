//! What a jail is to ban for its lists.
use std::{collections::BTreeSet, net::IpAddr};

use ipnet::IpNet;

/// The most addresses of a jail: with each fail2ban runs a program.
const MAX_ADDRESSES: usize = 5000;
/// Networks of up to 256 addresses are banned address by address.
const EXPANDED_BITS: u8 = 8;

/// What a jail is to ban.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    pub(super) addresses: BTreeSet<IpAddr>,
    pub(super) left_out: usize,
}

impl Wanted {
    /// Adds what a list names.
    pub(super) fn take(&mut self, networks: &[IpNet], keep_free: &[IpNet]) {
        let is_free = |address: &IpAddr| !keep_free.iter().any(|keep| keep.contains(address));
        for network in networks {
            let host_bits = network.max_prefix_len() - network.prefix_len();
            if host_bits > EXPANDED_BITS {
                self.left_out += 1;
                continue;
            }
            // Neighbours of a list are kept as one network.
            for address in addresses(*network).filter(is_free) {
                if self.addresses.len() < MAX_ADDRESSES {
                    self.addresses.insert(address);
                } else {
                    self.left_out += 1;
                }
            }
        }
    }
}

/// Every address of a network.
fn addresses(network: IpNet) -> impl Iterator<Item = IpAddr> {
    let (v4, v6) = match network {
        IpNet::V4(network) => {
            let (first, last) = (u32::from(network.network()), u32::from(network.broadcast()));
            (Some(first..=last), None)
        }
        IpNet::V6(network) => {
            let (first, last) = (
                u128::from(network.network()),
                u128::from(network.broadcast()),
            );
            (None, Some(first..=last))
        }
    };
    let v4 = v4.into_iter().flatten();
    let v6 = v6.into_iter().flatten();
    v4.map(|bits| IpAddr::V4(bits.into()))
        .chain(v6.map(|bits| IpAddr::V6(bits.into())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wanted_are_at_most_as_many_as_a_jail_may_have() {
        let networks: Vec<IpNet> = (0_u8..30)
            .map(|third| IpNet::new([45, 0, third, 0].into(), 24).unwrap())
            .collect();
        let mut wanted = Wanted::default();
        wanted.take(&networks, &[]);
        assert_eq!(
            (wanted.addresses.len(), wanted.left_out),
            (MAX_ADDRESSES, 2680)
        );
    }

    #[test]
    fn wanted_are_single_addresses_that_nobody_needs() {
        let networks = ["45.0.0.0/30", "45.0.1.1/32", "45.1.0.0/23"];
        let networks = networks.map(|network| network.parse().unwrap());
        let mut wanted = Wanted::default();
        wanted.take(&networks, &["45.0.0.2/31".parse().unwrap()]);
        assert_eq!(wanted.addresses.len(), 3);
        assert_eq!(wanted.left_out, 1);
    }
}
