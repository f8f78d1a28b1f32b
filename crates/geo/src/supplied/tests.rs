mod write;

use super::*;
pub(crate) use write::{Value, map, mmdb, text};

fn read(tree_version: u16, entries: &[(&str, Value)]) -> Supplied {
    Supplied::of(mmdb("Test", tree_version, entries)).unwrap()
}

fn country(supplied: &Supplied, address: &str) -> Option<String> {
    let number = supplied.countries.as_ref()?.get(address.parse().unwrap());
    country_of(number).map(|code| code.to_string())
}

fn network(supplied: &Supplied, address: &str) -> Option<(u32, Option<String>)> {
    let (table, names) = supplied.networks.as_ref()?;
    let asn = table.get(address.parse().unwrap());
    (asn != NOTHING).then(|| (asn, names.get(asn).map(|name| name.to_string())))
}

#[test]
fn file_of_maxmind_tells_countries_in_both_families() {
    let of = |code| {
        map([
            ("names", map([("en", text("A name"))])),
            ("iso_code", text(code)),
        ])
    };
    let supplied = read(
        6,
        &[
            (
                "198.51.100.0/24",
                map([("country", of("DE")), ("registered_country", of("FR"))]),
            ),
            ("203.0.113.7/32", map([("registered_country", of("jp"))])),
            ("2001:db8::/33", map([("country", of("CH"))])),
        ],
    );
    assert_eq!(country(&supplied, "198.51.100.255").as_deref(), Some("DE"));
    assert_eq!(country(&supplied, "203.0.113.7").as_deref(), Some("JP"));
    assert_eq!(
        country(&supplied, "::ffff:203.0.113.7").as_deref(),
        Some("JP")
    );
    assert_eq!(country(&supplied, "203.0.113.8"), None);
    assert_eq!(
        country(&supplied, "2001:db8:7fff::1").as_deref(),
        Some("CH")
    );
    assert_eq!(country(&supplied, "2001:db8:8000::1"), None);
    assert!(supplied.networks.is_none());
    let source = supplied.source(PlaceKind::Country);
    assert_eq!(
        (source.name.as_str(), source.ranges, source.supplied),
        ("Test", 3, true)
    );
    assert_eq!(
        source.made_at,
        Some(Timestamp::from_millis(1_700_000_000_000))
    );
}

#[test]
fn file_of_maxmind_tells_networks_in_a_tree_of_ipv4() {
    let of = |asn, name| {
        map([
            ("autonomous_system_number", Value::Number(asn)),
            ("autonomous_system_organization", text(name)),
        ])
    };
    let supplied = read(
        4,
        &[
            ("0.0.0.0/1", of(64_500, "Half")),
            ("255.255.255.255/32", of(4_200_000_000, "Last")),
        ],
    );
    assert_eq!(
        network(&supplied, "0.0.0.0"),
        Some((64_500, Some("Half".to_owned())))
    );
    assert_eq!(network(&supplied, "127.255.255.255").unwrap().0, 64_500);
    assert_eq!(network(&supplied, "128.0.0.0"), None);
    assert_eq!(
        network(&supplied, "255.255.255.255"),
        Some((4_200_000_000, Some("Last".to_owned())))
    );
    assert!(supplied.countries.is_none());
}

#[test]
fn file_of_ipinfo_tells_country_and_network_in_either_of_its_shapes() {
    let supplied = read(
        6,
        &[
            (
                "192.0.2.0/25",
                map([
                    ("country", text("Germany")),
                    ("country_code", text("DE")),
                    ("asn", text("AS64500")),
                    ("as_name", text("Lite")),
                ]),
            ),
            (
                "192.0.2.128/25",
                map([
                    ("country", text("AT")),
                    ("country_name", text("Austria")),
                    ("asn", text("AS64501")),
                    ("name", text("Older")),
                ]),
            ),
        ],
    );
    assert_eq!(country(&supplied, "192.0.2.1").as_deref(), Some("DE"));
    assert_eq!(country(&supplied, "192.0.2.129").as_deref(), Some("AT"));
    assert_eq!(
        network(&supplied, "192.0.2.1"),
        Some((64_500, Some("Lite".to_owned())))
    );
    assert_eq!(
        network(&supplied, "192.0.2.129"),
        Some((64_501, Some("Older".to_owned())))
    );
}

#[test]
fn record_that_says_nowhere_or_something_else_is_as_none() {
    let supplied = read(
        6,
        &[
            (
                "192.0.2.0/26",
                map([
                    ("country_code", text("ZZ")),
                    ("asn", text("")),
                    ("name", map([("en", text("x"))])),
                ]),
            ),
            (
                "192.0.2.64/26",
                map([("country", map([("names", map([]))]))]),
            ),
            (
                "192.0.2.128/26",
                map([
                    ("country_code", text("DE")),
                    ("autonomous_system_number", Value::Number(0)),
                ]),
            ),
        ],
    );
    assert_eq!(country(&supplied, "192.0.2.1"), None);
    assert_eq!(country(&supplied, "192.0.2.65"), None);
    assert_eq!(country(&supplied, "192.0.2.129").as_deref(), Some("DE"));
    assert!(supplied.networks.is_none());
}

#[test]
fn file_without_anything_useful_or_cut_anywhere_is_refused() {
    let useless = mmdb(
        "Anonymous",
        6,
        &[("192.0.2.0/24", map([("is_tor", Value::Number(1))]))],
    );
    assert!(matches!(
        Supplied::of(useless),
        Err(SuppliedError::NothingUseful)
    ));
    let whole = mmdb(
        "Test",
        6,
        &[("192.0.2.0/24", map([("country_code", text("DE"))]))],
    );
    assert!(Supplied::of(whole.clone()).is_ok());
    for length in 0..whole.len() {
        assert!(Supplied::of(whole[..length].to_vec()).is_err(), "{length}");
    }
}

#[test]
fn path_that_is_no_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(
        Supplied::read(folder.path()),
        Err(SuppliedError::NoFile)
    ));
    let missing = folder.path().join("missing.mmdb");
    assert!(matches!(
        Supplied::read(&missing),
        Err(SuppliedError::Unreadable(_))
    ));
}
