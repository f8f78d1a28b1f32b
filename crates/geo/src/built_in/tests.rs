use proptest::prelude::*;

use super::*;
use crate::pack::{self, Content, Row};

/// Ranges in order, most of them with round edges, from pairs of ascending numbers.
fn rows(edges: Vec<u128>) -> Vec<Row<u128>> {
    let mut edges = edges;
    edges.sort_unstable();
    edges.dedup();
    edges
        .chunks_exact(2)
        .enumerate()
        .map(|(at, pair)| Row {
            start: pair[0],
            end: pair[1],
            asn: [1, 1001, 2001][at % 3],
        })
        .collect()
}

fn narrow(number: u128) -> u32 {
    u32::try_from(number).unwrap()
}

fn edges(bits: u32) -> impl Strategy<Value = Vec<u128>> {
    prop::collection::vec((any::<u128>(), 0..bits), 0..60).prop_map(move |numbers| {
        numbers
            .into_iter()
            .map(|(number, zeros)| ((number >> (128 - bits)) >> zeros) << zeros)
            .collect()
    })
}

proptest! {
    #[test]
    fn networks_unpacked_answer_as_the_rows_that_were_packed(four in edges(32), six in edges(128), made_at in 0..4_000_000_000_u64) {
        let v6 = rows(six);
        let v4: Vec<Row<u32>> = rows(four)
            .into_iter()
            .map(|row| Row { start: narrow(row.start), end: narrow(row.end), asn: row.asn })
            .collect();
        let names = vec![(1, "One".to_owned()), (1001, String::new()), (2001, "Zwei, drei — \"vier\"".to_owned())];
        let content = Content { made_at, names, v4, v6 };
        let networks = unpack(&pack::pack(&content)).unwrap();
        for row in &content.v6 {
            let canonical = |at: u128| domain::canonical(IpAddr::V6(at.into())).is_ipv6();
            for at in [row.start, row.end].into_iter().filter(|at| canonical(*at)) {
                prop_assert_eq!(networks.table.get(IpAddr::V6(at.into())), row.asn);
            }
        }
        for row in &content.v4 {
            prop_assert_eq!(networks.table.get(IpAddr::V4(row.start.into())), row.asn);
            prop_assert_eq!(networks.table.get(IpAddr::V4(row.end.into())), row.asn);
        }
        let name = |asn| networks.names.get(Asn(asn)).map(|name| name.to_string());
        prop_assert_eq!(name(1), Some("One".to_owned()));
        prop_assert_eq!(name(1001), None);
        prop_assert_eq!(name(2001), Some("Zwei, drei — \"vier\"".to_owned()));
        prop_assert_eq!(name(2), None);
        prop_assert_eq!(networks.made_at.unwrap().as_millis(), i64::try_from(made_at).unwrap() * 1000);
    }

    #[test]
    fn any_bytes_in_place_of_networks_are_refused_or_read_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let mut content = MAGIC.to_vec();
        content.extend(bytes);
        let _ = unpack(&content);
    }
}

#[test]
fn networks_of_this_build_know_well_known_addresses() {
    let begin = std::time::Instant::now();
    let networks = Networks::of_this_build().unwrap();
    println!(
        "{} bytes packed, {} ranges unpacked in {:?}",
        PACKED.len(),
        networks.table.ranges(),
        begin.elapsed()
    );
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
    assert!(networks.names.get(Asn(15_169)).unwrap().contains("Google"));
    assert!(PACKED.len() < 2_600_000, "{}", PACKED.len());
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
