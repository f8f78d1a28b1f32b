//! Networks as ranges of addresses, to take some away from others.
use std::net::IpAddr;

use ipnet::{IpNet, Ipv4Subnets, Ipv6Subnets};

use super::{element::Key, set::Family};

/// Addresses of one family from the first to the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Range {
    family: Family,
    first: u128,
    last: u128,
}

impl Range {
    fn of(network: &IpNet) -> Self {
        Self {
            family: Family::of(network),
            first: Key::of(network.network()).number,
            last: Key::of(network.broadcast()).number,
        }
    }

    /// The fewest networks.
    fn networks(self) -> Vec<IpNet> {
        let address = |number| {
            let family = self.family;
            Key { family, number }.address()
        };
        match (address(self.first), address(self.last)) {
            (IpAddr::V4(first), IpAddr::V4(last)) => {
                Ipv4Subnets::new(first, last, 0).map(IpNet::V4).collect()
            }
            (IpAddr::V6(first), IpAddr::V6(last)) => {
                Ipv6Subnets::new(first, last, 0).map(IpNet::V6).collect()
            }
            _ => Vec::new(),
        }
    }

    /// What is left of it without others, which are in order.
    fn without(self, others: &[Self]) -> Vec<Self> {
        let mut left = Vec::new();
        let mut first = Some(self.first);
        let begin =
            others.partition_point(|other| (other.family, other.last) < (self.family, self.first));
        for other in others.iter().skip(begin) {
            let Some(from) = first else {
                break;
            };
            if (other.family, other.first) > (self.family, self.last) {
                break;
            }
            if other.first > from {
                left.push(Self {
                    first: from,
                    last: other.first - 1,
                    ..self
                });
            }
            let next = other.last.checked_add(1);
            first = next.filter(|next| *next <= self.last);
        }
        left.extend(first.map(|first| Self { first, ..self }));
        left
    }
}

/// The fewest networks with the addresses of some and without those of others.
pub(super) fn without(networks: &[IpNet], others: &[IpNet]) -> Vec<IpNet> {
    let others: Vec<Range> = IpNet::aggregate(&others.to_vec())
        .iter()
        .map(Range::of)
        .collect();
    let left = IpNet::aggregate(&networks.to_vec())
        .iter()
        .flat_map(|network| Range::of(network).without(&others))
        .flat_map(Range::networks)
        .collect::<Vec<IpNet>>();
    IpNet::aggregate(&left)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn nets(texts: &[&str]) -> Vec<IpNet> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[test]
    fn wider_network_loses_the_narrower_one() {
        let left = without(&nets(&["198.51.100.8/30"]), &nets(&["198.51.100.8/31"]));
        assert_eq!(left, nets(&["198.51.100.10/31"]));
        let none = without(&nets(&["198.51.100.8/31"]), &nets(&["198.51.100.8/30"]));
        assert_eq!(none, []);
    }

    #[test]
    fn ends_of_the_addresses_are_taken_away_too() {
        let left = without(
            &nets(&["0.0.0.0/0", "::/0"]),
            &nets(&["128.0.0.0/1", "::/1"]),
        );
        assert_eq!(left, nets(&["0.0.0.0/1", "8000::/1"]));
    }

    /// Networks within 64 addresses of each family, so that chance makes them meet.
    fn crowded() -> impl Strategy<Value = Vec<IpNet>> {
        let network = (0_u8..64, 26_u8..=32, any::<bool>()).prop_map(|(host, length, is_v6)| {
            let address = if is_v6 {
                IpAddr::from([0, 0, 0, 0, 0, 0, 0, u16::from(host)])
            } else {
                IpAddr::from([255, 255, 255, 192 + host])
            };
            let length = if is_v6 { length + 96 } else { length };
            IpNet::new(address, length).unwrap().trunc()
        });
        prop::collection::vec(network, 0..12)
    }

    proptest! {
        #[test]
        fn what_is_left_is_what_one_address_after_another_says(some in crowded(), others in crowded()) {
            let left = without(&some, &others);
            let has = |networks: &[IpNet], address: IpAddr| networks.iter().any(|network| network.contains(&address));
            let v4 = (180..=255).map(|host| IpAddr::from([255, 255, 255, host]));
            let v6 = (0..80).map(|host| IpAddr::from([0, 0, 0, 0, 0, 0, 0, host]));
            for address in v4.chain(v6) {
                let expected = has(&some, address) && !has(&others, address);
                prop_assert_eq!(has(&left, address), expected, "{} {:?}", address, left);
            }
        }
    }
}
