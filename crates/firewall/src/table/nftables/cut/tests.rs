use std::net::IpAddr;

use proptest::prelude::*;

use super::*;

fn nets(texts: &[&str]) -> Vec<IpNet> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

/// All elements with the lengths of their sets.
fn elements(networks: &[IpNet]) -> Vec<IpNet> {
    let cut = Cut::of(networks);
    let lengths = cut.lengths().into_iter();
    let elements: Vec<IpNet> = lengths
        .flat_map(|(family, length)| {
            let keys: Vec<Key> = cut.keys(networks, (family, length)).collect();
            assert_eq!(keys.len(), cut.made(family, length).elements);
            assert!(keys.is_sorted_by(|one, next| one < next), "{keys:?}");
            keys.into_iter()
                .map(move |key| key.network(length).unwrap())
        })
        .collect();
    elements
}

#[test]
fn few_networks_of_a_length_are_cut_into_those_of_a_longer_one() {
    let cut = elements(&nets(&["192.0.2.0/30", "198.51.100.7/32"]));
    let expected = [
        "192.0.2.0/32",
        "192.0.2.1/32",
        "192.0.2.2/32",
        "192.0.2.3/32",
        "198.51.100.7/32",
    ];
    assert_eq!(cut, nets(&expected));
}

#[test]
fn networks_that_would_be_too_many_are_left_as_they_are() {
    let networks = nets(&[
        "10.0.0.0/8",
        "198.51.100.7/32",
        "2001:db8::/32",
        "2001:db9::1/128",
    ]);
    assert_eq!(elements(&networks), networks);
}

#[test]
fn all_addresses_are_one_network() {
    let networks = nets(&["0.0.0.0/0", "::/0"]);
    assert_eq!(elements(&networks), networks);
}

#[test]
fn last_addresses_are_cut_too() {
    let networks = [
        "255.255.255.0/31",
        "255.255.255.250/32",
        "255.255.255.254/31",
    ];
    let cut = elements(&nets(&networks));
    assert!(cut.contains(&"255.255.255.255/32".parse().unwrap()));
    assert_eq!(cut.len(), 5);
    let last = "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe/127";
    let cut = elements(&nets(&["ffff::/128", last]));
    assert_eq!(cut.len(), 3);
}

#[test]
fn elements_become_half_as_many_more_at_most() {
    let mut networks = Vec::new();
    for number in 0..50_000_u32 {
        let length = 24 + u8::try_from(number % 5).unwrap();
        let address = IpAddr::from((0x0b00_0000 + number * 256).to_be_bytes());
        networks.push(IpNet::new(address, length).unwrap());
    }
    let cut = Cut::of(&networks);
    let lengths = cut.lengths();
    let made = lengths
        .iter()
        .map(|(family, length)| cut.made(*family, *length));
    let count: usize = made.map(|made| made.elements).sum();
    assert!((50_000..=75_000).contains(&count), "{count}");
    assert!(lengths.len() < 5, "{lengths:?}");
    assert_eq!(elements(&networks).len(), count);
}

/// Networks in order without overlaps, at both ends of the addresses and crowded between.
fn networks() -> impl Strategy<Value = Vec<IpNet>> {
    let v4 = (
        prop_oneof![0_u32..1024, u32::MAX - 1024..=u32::MAX],
        20_u8..=32,
    )
        .prop_map(|(address, length)| IpNet::new(IpAddr::V4(address.into()), length).unwrap());
    let v6 = (
        prop_oneof![0_u128..1024, u128::MAX - 1024..=u128::MAX],
        116_u8..=128,
    )
        .prop_map(|(address, length)| IpNet::new(IpAddr::V6(address.into()), length).unwrap());
    let list = prop::collection::vec(prop_oneof![v4, v6], 0..20);
    list.prop_map(|networks| {
        let mut apart: Vec<IpNet> = networks.iter().map(IpNet::trunc).collect();
        apart.sort();
        let mut left: Vec<IpNet> = Vec::new();
        for network in apart {
            if left.last().is_none_or(|last| !last.contains(&network)) {
                left.push(network);
            }
        }
        left
    })
}

proptest! {
    #[test]
    fn elements_have_the_addresses_of_the_networks_and_no_others(networks in networks()) {
        // Cut or not, the fewest networks with the same addresses are the same.
        let cut = elements(&networks);
        prop_assert_eq!(IpNet::aggregate(&cut), IpNet::aggregate(&networks));
        // And none is in two sets.
        let mut apart = cut.clone();
        apart.sort();
        let overlaps = apart.windows(2).any(|pair| pair[0].contains(&pair[1]));
        prop_assert!(!overlaps, "{:?}", cut);
    }

    #[test]
    fn what_sets_are_made_of_adds_up(networks in networks()) {
        let cut = Cut::of(&networks);
        let made: Vec<Made> = cut.lengths().iter().map(|(family, length)| cut.made(*family, *length)).collect();
        let total: usize = made.iter().map(|made| made.addresses + made.networks).sum();
        prop_assert_eq!(total, networks.len());
    }
}
