use std::io::Write as _;

use flate2::{Compression, write::GzEncoder};
use proptest::prelude::*;

use super::*;

fn read(text: &str) -> List {
    parse(text.as_bytes(), Limits::default()).unwrap()
}

#[track_caller]
fn says(text: &str, networks: &[&str]) {
    let list = read(text);
    let networks: Vec<IpNet> = networks.iter().map(|text| text.parse().unwrap()).collect();
    assert_eq!(list.networks, networks, "{text}");
    assert_eq!(list.junk, Junk::default(), "{text}");
}

#[test]
fn plain_addresses_and_networks_with_comments_are_read() {
    says(
        "\u{feff}# a list\r\n\r\n192.0.2.1\r\n  2001:db8::1 # seen twice\n198.51.100.0/24 ; SBL1\n; nothing\n// nothing\n203.0.113.9 // here",
        &[
            "192.0.2.1/32",
            "2001:db8::1/128",
            "198.51.100.0/24",
            "203.0.113.9/32",
        ],
    );
}

#[test]
fn host_bits_are_masked_and_counted_and_netmasks_understood() {
    let list = read("192.0.2.7/24\n198.51.100.0/255.255.255.0\n2001:db8::1/32\n192.0.2.0/24\n");
    let networks: Vec<String> = list.networks.iter().map(ToString::to_string).collect();
    assert_eq!(
        networks,
        [
            "192.0.2.0/24",
            "198.51.100.0/24",
            "2001:db8::/32",
            "192.0.2.0/24"
        ]
    );
    assert_eq!((list.masked, list.junk.count), (2, 0));
}

#[test]
fn ranges_in_every_spelling_are_their_networks() {
    let networks = ["192.0.2.4/30", "192.0.2.8/32"];
    says("192.0.2.4-192.0.2.8", &networks);
    says("192.0.2.4 - 192.0.2.8 # why", &networks);
    says("\"192.0.2.4-192.0.2.8\",scanner", &networks);
    // As DShield writes them.
    says(
        "192.0.2.0\t192.0.2.255\t24\t1234\tNAME\tXX\ta@example.org",
        &["192.0.2.0/24"],
    );
    says("2001:db8::-2001:db8::1", &["2001:db8::/127"]);
}

#[test]
fn first_column_of_other_tables_is_read() {
    says(
        "192.0.2.1,2026-11-29,\"x\"\n\"198.51.100.0/24\",y\n'203.0.113.1' , z",
        &["192.0.2.1/32", "198.51.100.0/24", "203.0.113.1/32"],
    );
    says(
        "192.0.2.1 2026-11-29 12:00\n192.0.2.2\t3",
        &["192.0.2.1/32", "192.0.2.2/32"],
    );
    says(
        "192.0.2.1:8080\n[2001:db8::1]\n[2001:db8::2]:443",
        &["192.0.2.1/32", "2001:db8::1/128", "2001:db8::2/128"],
    );
}

#[test]
fn hosts_file_names_its_second_column() {
    says(
        "0.0.0.0 192.0.2.1\n127.0.0.1 192.0.2.2\n::1 2001:db8::1",
        &["192.0.2.1/32", "192.0.2.2/32", "2001:db8::1/128"],
    );
    let list = read("127.0.0.1 evil.example.org");
    assert_eq!((list.networks.len(), list.junk.count), (0, 1));
}

#[test]
fn ipv4_within_ipv6_is_ipv4() {
    says(
        "::ffff:192.0.2.1\n::ffff:192.0.2.0/120\n::ffff:192.0.2.1-::ffff:192.0.2.2",
        &[
            "192.0.2.1/32",
            "192.0.2.0/24",
            "192.0.2.1/32",
            "192.0.2.2/32",
        ],
    );
}

#[test]
fn what_ipset_saves_is_read() {
    says(
        "create bad hash:net family inet hashsize 1024 maxelem 65536\nadd bad 192.0.2.0/24\nadd bad 198.51.100.7 timeout 600\nadd ports 203.0.113.1,tcp:22\nflush bad\n",
        &["192.0.2.0/24", "198.51.100.7/32", "203.0.113.1/32"],
    );
}

#[test]
fn what_nft_lists_is_read() {
    let text = "table inet bad {\n\tset v4 {\n\t\ttype ipv4_addr\n\t\tflags interval\n\t\tauto-merge\n\t\telements = { 192.0.2.0/24, 198.51.100.4-198.51.100.5,\n\t\t\t     203.0.113.1 timeout 1h expires 59m }\n\t}\n}\nadd element inet bad v6 { 2001:db8::/32, 2001:db9::1 }\n";
    says(
        text,
        &[
            "192.0.2.0/24",
            "198.51.100.4/31",
            "203.0.113.1/32",
            "2001:db8::/32",
            "2001:db9::1/128",
        ],
    );
}

#[test]
fn line_longer_than_is_read_at_once_is_read_whole_only_where_it_is_a_set() {
    let count = 100_000_u32;
    let all: Vec<String> = (0..count)
        .map(|number| std::net::Ipv4Addr::from(0x0800_0000 + number * 7).to_string())
        .collect();
    let set = format!(
        "add element inet bad v4 {{ {} }}\n198.51.100.7\n",
        all.join(", ")
    );
    let list = read(&set);
    assert_eq!(list.junk, Junk::default());
    let read_back: Vec<String> = list
        .networks
        .iter()
        .map(|network| network.addr().to_string())
        .collect();
    assert_eq!(read_back[..all.len()], all);
    assert_eq!(read_back[all.len()..], ["198.51.100.7"]);
    // Others are their first column, however long they are.
    for (long, networks) in [
        (format!("192.0.2.1,{}", all.join(",")), 2),
        (format!("# {}", all.join(", ")), 1),
        (all.join(" "), 2),
    ] {
        let list = read(&format!("{long}\n198.51.100.7"));
        assert_eq!((list.networks.len(), list.junk.count), (networks, 0));
    }
    let list = read(&format!("{}\n<", "x".repeat(1 << 20)));
    assert_eq!((list.junk.count, list.junk.examples[1].line), (2, 2));
}

#[test]
fn junk_is_counted_and_its_first_examples_shown() {
    let mut text = "192.0.2.1\n<html>\n300.1.2.3\n192.0.2.0/33\n192.0.2.9-192.0.2.1\n192.0.2.1-2001:db8::1\n1.2.3\nadd x\n".to_owned();
    text += &"no address\n".repeat(1_000);
    text += &"x".repeat(10_000);
    let list = read(&text);
    assert_eq!(list.networks.len(), 1);
    assert_eq!(list.junk.count, 1_008);
    assert_eq!(list.junk.examples.len(), 10);
    let first = JunkLine {
        line: 2,
        text: "<html>".to_owned(),
    };
    assert_eq!(list.junk.examples[0], first);
    let long = read(&"x".repeat(10_000));
    assert_eq!(long.junk.examples[0].text.len(), 80);
}

fn gzip(text: &str) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(text.as_bytes()).unwrap();
    packed.finish().unwrap()
}

#[test]
fn packed_list_is_unpacked_and_one_that_is_cut_is_an_error() {
    let packed = gzip("192.0.2.1\n192.0.2.2\n");
    let list = parse(&packed[..], Limits::default()).unwrap();
    assert_eq!(list.networks.len(), 2);
    let cut = &packed[..packed.len() - 9];
    assert!(matches!(
        parse(cut, Limits::default()),
        Err(ParseError::Read(_))
    ));
}

#[test]
fn list_that_is_too_large_or_has_too_many_networks_is_refused() {
    let limits = Limits {
        bytes: 100,
        networks: 5,
    };
    let packed = gzip(&"#\n".repeat(1_000_000));
    assert!(packed.len() < 10_000);
    assert!(matches!(
        parse(&packed[..], limits),
        Err(ParseError::TooLarge(100))
    ));
    let many = "192.0.2.1\n".repeat(6);
    assert!(matches!(
        parse(many.as_bytes(), limits),
        Err(ParseError::TooMany(5))
    ));
    // One that fits to the byte.
    let text = "#".repeat(100);
    assert!(parse(text.as_bytes(), limits).is_ok());
}

proptest! {
    #[test]
    fn any_bytes_are_a_list_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = parse(&bytes[..], Limits::default());
    }

    #[test]
    fn any_text_of_the_parts_of_lists_is_read(text in "([0-9a-f.:/,{}#; \t\n\"-]|add |elements = |0\\.0\\.0\\.0 |//|\\[|\\]){0,60}") {
        let list = read(&text);
        for network in list.networks {
            prop_assert_eq!(network, network.trunc());
        }
    }

    #[test]
    fn networks_that_are_written_are_read_back(networks in prop::collection::vec((any::<std::net::IpAddr>(), 0_u8..=128), 0..20)) {
        let networks: Vec<IpNet> = networks
            .into_iter()
            .map(|(address, prefix)| {
                let most = if address.is_ipv4() { 32 } else { 128 };
                IpNet::new(address, prefix.min(most)).unwrap().trunc()
            })
            .filter(|network| network.addr().to_canonical() == network.addr())
            .collect();
        let lines: Vec<String> = networks.iter().map(ToString::to_string).collect();
        prop_assert_eq!(read(&lines.join("\n")).networks, networks);
    }
}
