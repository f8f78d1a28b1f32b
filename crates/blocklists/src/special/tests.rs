use super::*;

/// The first and the last address of each range, what it is, and the nearest addresses outside that are public.
const TABLE: [(&str, &str, Special, &[&str]); 38] = [
    (
        "0.0.0.0",
        "0.255.255.255",
        Special::Unspecified,
        &["1.0.0.0"],
    ),
    (
        "10.0.0.0",
        "10.255.255.255",
        Special::Private,
        &["9.255.255.255", "11.0.0.0"],
    ),
    (
        "100.64.0.0",
        "100.127.255.255",
        Special::Shared,
        &["100.63.255.255", "100.128.0.0"],
    ),
    (
        "127.0.0.0",
        "127.255.255.255",
        Special::Loopback,
        &["126.255.255.255", "128.0.0.0"],
    ),
    (
        "169.254.0.0",
        "169.254.255.255",
        Special::LinkLocal,
        &["169.253.255.255", "169.255.0.0"],
    ),
    (
        "172.16.0.0",
        "172.31.255.255",
        Special::Private,
        &["172.15.255.255", "172.32.0.0"],
    ),
    (
        "192.0.0.0",
        "192.0.0.255",
        Special::Reserved,
        &["191.255.255.255", "192.0.1.0"],
    ),
    (
        "192.0.2.0",
        "192.0.2.255",
        Special::Documentation,
        &["192.0.1.255", "192.0.3.0"],
    ),
    (
        "192.88.99.0",
        "192.88.99.255",
        Special::Reserved,
        &["192.88.98.255", "192.88.100.0"],
    ),
    (
        "192.168.0.0",
        "192.168.255.255",
        Special::Private,
        &["192.167.255.255", "192.169.0.0"],
    ),
    (
        "198.18.0.0",
        "198.19.255.255",
        Special::Benchmark,
        &["198.17.255.255", "198.20.0.0"],
    ),
    (
        "198.51.100.0",
        "198.51.100.255",
        Special::Documentation,
        &["198.51.99.255", "198.51.101.0"],
    ),
    (
        "203.0.113.0",
        "203.0.113.255",
        Special::Documentation,
        &["203.0.112.255", "203.0.114.0"],
    ),
    (
        "224.0.0.0",
        "239.255.255.255",
        Special::Multicast,
        &["223.255.255.255"],
    ),
    ("240.0.0.0", "255.255.255.254", Special::Reserved, &[]),
    (
        "255.255.255.255",
        "255.255.255.255",
        Special::Broadcast,
        &[],
    ),
    ("169.254.169.254", "169.254.169.254", Special::Metadata, &[]),
    (
        "168.63.129.16",
        "168.63.129.16",
        Special::Metadata,
        &["168.63.129.15", "168.63.129.17"],
    ),
    ("100.100.100.200", "100.100.100.200", Special::Metadata, &[]),
    ("192.0.0.192", "192.0.0.192", Special::Metadata, &[]),
    ("::", "::", Special::Unspecified, &[]),
    ("::1", "::1", Special::Loopback, &[]),
    ("::2", "::ffff:ffff", Special::Translated, &[]),
    (
        "::ffff:10.0.0.1",
        "::ffff:10.255.255.255",
        Special::Private,
        &["::ffff:9.255.255.255", "::ffff:11.0.0.0"],
    ),
    (
        "64:ff9b::10.0.0.0",
        "64:ff9b::10.255.255.255",
        Special::Private,
        &["64:ff9b::9.255.255.255", "64:ff9b::11.0.0.0"],
    ),
    (
        "64:ff9b::a9fe:a9fe",
        "64:ff9b::a9fe:a9fe",
        Special::Metadata,
        &[],
    ),
    (
        "64:ff9b:1::",
        "64:ff9b:1:ffff:ffff:ffff:ffff:ffff",
        Special::Translated,
        &[],
    ),
    ("100::", "100::ffff:ffff:ffff:ffff", Special::Reserved, &[]),
    (
        "2001::",
        "2001:0:ffff:ffff:ffff:ffff:ffff:ffff",
        Special::Translated,
        &["2000:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
    ),
    (
        "2001:2::",
        "2001:2:0:ffff:ffff:ffff:ffff:ffff",
        Special::Benchmark,
        &[],
    ),
    (
        "2001:10::",
        "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff",
        Special::Reserved,
        &["2001:200::"],
    ),
    (
        "2001:db8::",
        "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff",
        Special::Documentation,
        &["2001:db7::1", "2001:db9::"],
    ),
    (
        "2002::",
        "2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        Special::Translated,
        &["2001:ffff::1", "2003::"],
    ),
    (
        "3fff::",
        "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff",
        Special::Documentation,
        &["3ffe:ffff::1", "3fff:1000::"],
    ),
    (
        "4000::",
        "fbff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        Special::Reserved,
        &["3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
    ),
    (
        "fc00::",
        "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        Special::Private,
        &[],
    ),
    ("fd00:ec2::254", "fd00:ec2::254", Special::Metadata, &[]),
    ("fd20:ce::254", "fd20:ce::254", Special::Metadata, &[]),
];
/// Beside the table: they have no neighbours that are public.
const MORE: [(&str, Special); 5] = [
    ("fe80::1", Special::LinkLocal),
    ("febf:ffff::1", Special::LinkLocal),
    ("fec0::1", Special::Private),
    ("ff02::1", Special::Multicast),
    (
        "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        Special::Multicast,
    ),
];

fn of(text: &str) -> Option<Special> {
    special(text.parse().unwrap())
}

#[test]
fn address_of_each_special_range_is_told_from_its_neighbours() {
    let mut checked = 0;
    for (first, last, special, neighbours) in TABLE {
        for inside in [first, last] {
            assert_eq!(of(inside), Some(special), "{inside}");
        }
        for outside in neighbours {
            assert_eq!(of(outside), None, "{outside}");
        }
        checked += 2 + neighbours.len();
    }
    for (address, special) in MORE {
        assert_eq!(of(address), Some(special), "{address}");
    }
    assert_eq!(checked + MORE.len(), 122);
}

#[test]
fn special_networks_are_in_their_own_form_and_their_addresses_special() {
    assert_eq!(networks().count(), V4.len() + V6.len());
    for network in networks() {
        assert_eq!(network, network.trunc());
        // Within these, an address is what is written in it.
        let is_judged_by_the_inside = ["::ffff:0:0/96", "64:ff9b::/96"];
        if !is_judged_by_the_inside.contains(&network.to_string().as_str()) {
            assert!(special(network.network()).is_some(), "{network}");
            assert!(special(network.broadcast()).is_some(), "{network}");
        }
    }
}
