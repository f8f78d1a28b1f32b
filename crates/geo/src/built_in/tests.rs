use super::*;

#[test]
fn networks_of_this_build_know_well_known_addresses() {
    let networks = Networks::of_this_build();
    println!("{} ranges", networks.table.ranges());
    if networks.table.ranges() == 0 {
        assert!(networks.source().problem.unwrap().contains("make"));
        return;
    }
    let of = |address: &str| networks.table.get(address.parse().unwrap());
    assert_eq!(of("1.1.1.1"), 13_335);
    assert_eq!(of("8.8.8.8"), 15_169);
    assert_eq!(of("2606:4700:4700::1111"), 13_335);
    for private in [
        "10.0.0.1",
        "127.0.0.1",
        "192.168.1.1",
        "fe80::1",
        "::1",
        "fd00::1",
    ] {
        assert_eq!(of(private), 0, "{private}");
    }
    assert!(networks.names.get(15_169).unwrap().contains("Google"));
}

#[test]
fn countries_of_well_known_addresses_are_where_they_are_registered() {
    let of = |address: &str| country(address.parse().unwrap()).map(|code| code.to_string());
    assert_eq!(of("8.8.8.8").as_deref(), Some("US"));
    assert_eq!(of("193.0.6.139").as_deref(), Some("NL"));
    assert_eq!(of("::ffff:193.0.6.139").as_deref(), Some("NL"));
    assert_eq!(of("2001:67c:2e8:22::c100:68b").as_deref(), Some("NL"));
    for private in [
        "10.0.0.1",
        "127.0.0.1",
        "192.168.1.1",
        "fe80::1",
        "::1",
        "fd00::1",
    ] {
        assert_eq!(of(private), None, "{private}");
    }
}

#[test]
fn version_of_iptocc_is_the_one_in_the_lock() {
    let lock = include_str!("../../../../Cargo.lock");
    let (_, entry) = lock.split_once("name = \"iptocc\"").unwrap();
    assert!(
        entry
            .trim_start()
            .starts_with(&format!("version = \"{IPTOCC_VERSION}\""))
    );
}
