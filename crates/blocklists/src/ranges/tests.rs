use proptest::prelude::*;

use super::*;

fn nets(texts: &[&str]) -> Vec<IpNet> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

#[test]
fn networks_that_touch_or_overlap_become_the_fewest() {
    let one = nets(&["10.0.0.0/25", "10.0.0.128/25", "10.0.1.0/24", "10.0.0.7/32"]);
    assert_eq!(fewest(one), nets(&["10.0.0.0/23"]));
    let families = nets(&["2001:db8::1/128", "2001:db8::/128", "0.0.0.0/0", "::/0"]);
    assert_eq!(fewest(families), nets(&["0.0.0.0/0", "::/0"]));
    assert_eq!(fewest([]), []);
}

#[test]
fn difference_cuts_in_the_midst_at_the_ends_and_across() {
    let cut = |from: &[&str], what: &[&str]| {
        let (from, what) = (Ranges::of(nets(from)), Ranges::of(nets(what)));
        from.without(&what).networks()
    };
    assert_eq!(
        cut(&["192.0.2.0/30"], &["192.0.2.1/32"]),
        nets(&["192.0.2.0/32", "192.0.2.2/31"])
    );
    assert_eq!(cut(&["192.0.2.0/30"], &["192.0.2.0/24"]), []);
    assert_eq!(
        cut(
            &["192.0.2.0/30", "192.0.2.8/30"],
            &["192.0.2.2/31", "192.0.2.8/31"]
        ),
        nets(&["192.0.2.0/31", "192.0.2.10/31"])
    );
    // One that is taken away covers two.
    assert_eq!(
        cut(
            &["192.0.2.0/30", "192.0.2.8/30", "::1/128"],
            &["192.0.2.0/28"]
        ),
        nets(&["::1/128"])
    );
    assert_eq!(
        cut(&["255.255.255.255/32", "ffff::/16"], &["ffff:8000::/17"]),
        nets(&["255.255.255.255/32", "ffff::/17"])
    );
}

#[test]
fn addresses_are_counted_by_family_up_to_all_there_are() {
    let addresses = |texts: &[&str]| Ranges::of(nets(texts)).addresses();
    assert_eq!(addresses(&[]), Addresses::default());
    let some = addresses(&["10.0.0.0/8", "10.1.0.0/16", "2001:db8::/64", "::1/128"]);
    assert_eq!(
        some,
        Addresses {
            v4: 1 << 24,
            v6: (1 << 64) + 1
        }
    );
    assert_eq!(some.total(), (1 << 64) + 1 + (1 << 24));
    let all = addresses(&["0.0.0.0/0", "::/0"]);
    assert_eq!(
        (all.v4, all.v6, all.total()),
        (1 << 32, u128::MAX, u128::MAX)
    );
    assert!(Ranges::default().is_empty());
    assert!(!Ranges::of(nets(&["::/0"])).is_empty());
}

/// Networks within 64 addresses, so that chance makes them meet.
fn crowded() -> impl Strategy<Value = Vec<IpNet>> {
    let network = (0_u8..64, 26_u8..=32, any::<bool>()).prop_map(|(host, prefix, is_v6)| {
        let address = if is_v6 {
            IpAddr::from([0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, host])
        } else {
            IpAddr::from([192, 0, 2, host])
        };
        let prefix = if is_v6 { prefix + 96 } else { prefix };
        IpNet::new(address, prefix).unwrap().trunc()
    });
    prop::collection::vec(network, 0..12)
}

fn all() -> impl Iterator<Item = IpAddr> {
    let v4 = (0..=255).map(|host| IpAddr::from([192, 0, 2, host]));
    let v6 = (0..=255)
        .map(|host| IpAddr::from([0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, host]));
    v4.chain(v6)
}

fn has(networks: &[IpNet], address: IpAddr) -> bool {
    networks.iter().any(|network| network.contains(&address))
}

proptest! {
    #[test]
    fn sets_of_networks_are_what_one_address_after_another_says(from in crowded(), what in crowded()) {
        let (ours, cut) = (fewest(from.clone()), Ranges::of(from.clone()).without(&Ranges::of(what.clone())).networks());
        for address in all() {
            prop_assert_eq!(has(&ours, address), has(&from, address));
            prop_assert_eq!(has(&cut, address), has(&from, address) && !has(&what, address));
        }
        // The fewest: no two make one.
        for networks in [&ours, &cut] {
            prop_assert_eq!(&IpNet::aggregate(networks).len(), &networks.len());
            prop_assert!(networks.is_sorted());
        }
        let (from_set, what_set) = (Ranges::of(from.clone()), Ranges::of(what.clone()));
        let count = |is_v4: bool| all().filter(|address| address.is_ipv4() == is_v4 && has(&from, *address) && has(&what, *address)).count();
        let both = Addresses { v4: count(true).try_into().unwrap(), v6: count(false).try_into().unwrap() };
        prop_assert_eq!(from_set.overlap(&what_set), both);
        prop_assert_eq!(what_set.overlap(&from_set), both);
        for address in all() {
            prop_assert_eq!(from_set.contains(address), has(&from, address));
        }
        for network in &what {
            let meets = all().any(|address| network.contains(&address) && has(&from, address));
            prop_assert_eq!(Ranges::of(from.clone()).meets(*network), meets);
        }
    }
}
