//! Each format in which the world publishes lists, as files in `corpus`; `ipset-save.txt` and `nft-list.txt` are what these programs printed.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::{collections::BTreeSet, fs, io::Write as _, path::PathBuf};

use blocklists::{Limits, List, fewest, parse};
use flate2::{Compression, write::GzEncoder};
use ipnet::IpNet;

/// What is in a file.
struct Expected {
    file: &'static str,
    /// The fewest networks of all that it lists.
    networks: &'static [&'static str],
    /// How many networks it lists, how many of them with host bits, and how many pieces of junk it has.
    counts: (usize, u64, u64),
}

const fn row(
    file: &'static str,
    counts: (usize, u64, u64),
    networks: &'static [&'static str],
) -> Expected {
    Expected {
        file,
        networks,
        counts,
    }
}

const CORPUS: [Expected; 19] = [
    row(
        "plain.txt",
        (8, 0, 0),
        &[
            "192.0.2.1/32",
            "192.0.2.2/31",
            "198.51.100.7/32",
            "203.0.113.255/32",
            "2001:db8::1/128",
            "2001:db8::2/128",
        ],
    ),
    row(
        "cidr.txt",
        (9, 2, 0),
        &[
            "192.0.2.0/24",
            "198.51.100.0/27",
            "203.0.113.7/32",
            "203.0.113.8/30",
            "2001:db8::/32",
        ],
    ),
    row(
        "drop.txt",
        (4, 0, 0),
        &[
            "192.0.2.0/24",
            "198.51.100.0/25",
            "203.0.113.64/26",
            "2001:db8:100::/40",
        ],
    ),
    row(
        "drop.json",
        (4, 0, 1),
        &[
            "192.0.2.0/24",
            "198.51.100.64/26",
            "203.0.113.0/25",
            "2001:db8:100::/40",
        ],
    ),
    row(
        "ranges.txt",
        (7, 0, 2),
        &[
            "192.0.2.0/24",
            "198.51.100.4/30",
            "198.51.100.8/32",
            "203.0.113.1/32",
            "203.0.113.16/28",
            "2001:db8::/126",
            "2001:db8::8/128",
        ],
    ),
    row(
        "comments.txt",
        (7, 0, 0),
        &[
            "192.0.2.1/32",
            "192.0.2.2/31",
            "192.0.2.4/31",
            "192.0.2.6/32",
            "2001:db8::1/128",
        ],
    ),
    row(
        "table.csv",
        (8, 0, 3),
        &[
            "192.0.2.1/32",
            "192.0.2.2/31",
            "192.0.2.4/32",
            "198.51.100.0/24",
            "203.0.113.1/32",
            "203.0.113.2/32",
            "2001:db8::1/128",
        ],
    ),
    row(
        "columns.txt",
        (7, 0, 0),
        &[
            "192.0.2.1/32",
            "192.0.2.2/32",
            "192.0.2.4/32",
            "198.51.100.3/32",
            "2001:db8::4/127",
            "2001:db8::6/128",
        ],
    ),
    row(
        "hosts.txt",
        (4, 0, 3),
        &[
            "192.0.2.1/32",
            "192.0.2.2/32",
            "2001:db8::1/128",
            "2001:db8::2/128",
        ],
    ),
    row(
        "dshield.txt",
        (3, 0, 1),
        &["192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24"],
    ),
    row(
        "ipset-save.txt",
        (10, 0, 2),
        &[
            "192.0.2.1/32",
            "192.0.2.2/32",
            "192.0.2.17/32",
            "192.0.2.128/25",
            "198.51.100.0/24",
            "203.0.113.7/32",
            "203.0.113.9/32",
            "203.0.113.10/32",
            "2001:db8::7/128",
            "2001:db8:1::/48",
        ],
    ),
    row(
        "nft-list.txt",
        (19, 0, 0),
        &[
            "192.0.2.1/32",
            "192.0.2.10/31",
            "192.0.2.12/32",
            "198.51.100.0/24",
            "203.0.113.4/31",
            "203.0.113.20/31",
            "203.0.113.128/27",
            "203.0.113.160/28",
            "203.0.113.176/29",
            "203.0.113.184/30",
            "203.0.113.188/31",
            "203.0.113.190/32",
            "2001:db8::/48",
            "2001:db8:1::5/128",
            "2001:db8:1::6/127",
            "2001:db8:1::8/128",
            "2001:db8:2::1/128",
        ],
    ),
    row(
        "nft-script.txt",
        (13, 0, 1),
        &[
            "192.0.2.1/32",
            "192.0.2.2/32",
            "192.0.2.10/31",
            "192.0.2.12/32",
            "198.51.100.0/24",
            "203.0.113.1/32",
            "203.0.113.2/32",
            "203.0.113.4/31",
            "203.0.113.6/32",
            "2001:db8::1/128",
            "2001:db8::2/128",
        ],
    ),
    row(
        "crlf.txt",
        (5, 0, 0),
        &[
            "192.0.2.1/32",
            "198.51.100.0/24",
            "203.0.113.1/32",
            "203.0.113.2/32",
            "2001:db8::1/128",
        ],
    ),
    row("bom.txt", (2, 0, 0), &["192.0.2.1/32", "192.0.2.2/32"]),
    row(
        "no-last-line-end.txt",
        (2, 0, 0),
        &["192.0.2.1/32", "192.0.2.2/32"],
    ),
    row(
        "mixed.txt",
        (12, 0, 1),
        &[
            "192.0.2.1/32",
            "192.0.2.9/32",
            "192.0.2.20/32",
            "192.0.2.30/32",
            "192.0.2.40/32",
            "192.0.2.50/32",
            "198.51.100.0/24",
            "203.0.113.8/30",
            "203.0.113.64/26",
            "2001:db8::1/128",
            "2001:db8::50/128",
            "2001:db8:1::/48",
        ],
    ),
    row("junk.txt", (1, 0, 21), &["192.0.2.7/32"]),
    row("nothing.txt", (0, 0, 0), &[]),
];

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/corpus")
}

fn bytes(file: &str) -> Vec<u8> {
    fs::read(folder().join(file)).unwrap()
}

fn read(bytes: &[u8]) -> List {
    parse(bytes, Limits::default()).unwrap()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

#[test]
fn file_of_each_format_says_what_it_lists() {
    for expected in CORPUS {
        let list = read(&bytes(expected.file));
        let counts = (list.networks.len(), list.masked, list.junk.count);
        assert_eq!(
            counts, expected.counts,
            "{}: {:#?}",
            expected.file, list.junk
        );
        let networks: Vec<IpNet> = expected
            .networks
            .iter()
            .map(|text| text.parse().unwrap())
            .collect();
        assert_eq!(fewest(list.networks), networks, "{}", expected.file);
    }
    let listed: usize = CORPUS.iter().map(|expected| expected.counts.0).sum();
    let junk: u64 = CORPUS.iter().map(|expected| expected.counts.2).sum();
    assert_eq!((listed, junk), (125, 35));
}

#[test]
fn every_file_is_expected_once() {
    let expected: BTreeSet<String> = CORPUS
        .iter()
        .map(|expected| expected.file.to_owned())
        .collect();
    let files = fs::read_dir(folder()).unwrap();
    let files = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    let files: BTreeSet<String> = files.filter(|file| !file.starts_with('.')).collect();
    assert_eq!(files, expected);
    assert_eq!(expected.len(), CORPUS.len());
}

#[test]
fn file_says_the_same_packed_with_other_line_ends_and_a_mark_before_it() {
    for expected in CORPUS {
        let plain = bytes(expected.file);
        let list = read(&plain);
        assert_eq!(read(&gzip(&plain)), list, "{} packed", expected.file);
        let (first, second) = plain.split_at(plain.len() / 2);
        let parts = [gzip(first), gzip(second)].concat();
        assert_eq!(read(&parts), list, "{} packed in two parts", expected.file);
        let unix: Vec<u8> = plain
            .iter()
            .copied()
            .filter(|byte| *byte != b'\r')
            .collect();
        let windows: Vec<&[u8]> = unix.split(|byte| *byte == b'\n').collect();
        assert_eq!(
            read(&windows.join(&b"\r\n"[..])),
            list,
            "{} of Windows",
            expected.file
        );
        let marked = [b"\xef\xbb\xbf", &plain[..]].concat();
        assert_eq!(read(&marked), list, "{} marked", expected.file);
    }
}

#[test]
fn all_files_behind_one_another_are_one_list() {
    let all: Vec<Vec<u8>> = CORPUS.iter().map(|expected| bytes(expected.file)).collect();
    let list = read(&all.join(&b'\n'));
    assert_eq!(
        (list.networks.len(), list.masked, list.junk.count),
        (125, 2, 35)
    );
    let each: Vec<IpNet> = all.iter().flat_map(|file| read(file).networks).collect();
    assert_eq!(list.networks, each);
}
