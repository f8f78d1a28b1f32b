//! Writes small files in the MaxMind format, for tests.
use std::net::IpAddr;

/// A value of a record.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    Text(String),
    Number(u32),
    /// What a file says of itself in 16 bits.
    Short(u16),
    /// In 64 bits.
    Long(u64),
    Map(Vec<(String, Value)>),
}

pub(crate) fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

pub(crate) fn map<const N: usize>(entries: [(&str, Value); N]) -> Value {
    Value::Map(entries.map(|(key, value)| (key.to_owned(), value)).to_vec())
}

/// What a side of a node of the tree leads to.
#[derive(Debug, Clone, Copy)]
enum Side {
    Nothing,
    Node(usize),
    Record(usize),
}

/// A file with these networks, which must not overlap.
pub(crate) fn mmdb(kind: &str, version: u16, entries: &[(&str, Value)]) -> Vec<u8> {
    let mut tree = vec![[Side::Nothing; 2]];
    let mut data = Vec::new();
    for (network, value) in entries {
        let record = data.len();
        write(&mut data, value);
        let (bits, length) = bits(network, version);
        let mut node = 0;
        for depth in 0..length {
            let side = usize::from(bits >> (127 - depth) & 1 == 1);
            if depth + 1 == length {
                tree[node][side] = Side::Record(record);
                break;
            }
            node = match tree[node][side] {
                Side::Node(next) => next,
                Side::Nothing | Side::Record(_) => {
                    tree.push([Side::Nothing; 2]);
                    let next = tree.len() - 1;
                    tree[node][side] = Side::Node(next);
                    next
                }
            };
        }
    }
    let mut file = Vec::new();
    for side in tree.iter().flatten() {
        let number = match side {
            Side::Nothing => tree.len(),
            Side::Node(node) => *node,
            Side::Record(at) => tree.len() + 16 + at,
        };
        file.extend_from_slice(&u32::try_from(number).unwrap().to_be_bytes());
    }
    file.extend_from_slice(&[0; 16]);
    file.extend(data);
    file.extend_from_slice(b"\xab\xcd\xefMaxMind.com");
    write(&mut file, &metadata(kind, version, tree.len()));
    file
}

fn metadata(kind: &str, version: u16, nodes: usize) -> Value {
    map([
        ("binary_format_major_version", Value::Short(2)),
        ("binary_format_minor_version", Value::Short(0)),
        ("build_epoch", Value::Long(1_700_000_000)),
        ("database_type", text(kind)),
        ("description", map([("en", text("Made by a test"))])),
        ("ip_version", Value::Short(version)),
        ("languages", Value::Map(Vec::new())),
        ("node_count", Value::Number(u32::try_from(nodes).unwrap())),
        ("record_size", Value::Short(32)),
    ])
}

/// The bits of a network, leftmost first, and how many count.
fn bits(network: &str, version: u16) -> (u128, u32) {
    let (address, prefix) = network.split_once('/').unwrap();
    let prefix: u32 = prefix.parse().unwrap();
    match (address.parse().unwrap(), version) {
        (IpAddr::V4(address), 4) => (u128::from(u32::from(address)) << 96, prefix),
        (IpAddr::V4(address), _) => (u32::from(address).into(), prefix + 96),
        (IpAddr::V6(address), _) => (address.into(), prefix),
    }
}

fn write(out: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Text(text) => {
            control(out, 2, text.len());
            out.extend_from_slice(text.as_bytes());
        }
        Value::Number(number) => {
            control(out, 6, 4);
            out.extend_from_slice(&number.to_be_bytes());
        }
        Value::Short(number) => {
            control(out, 5, 2);
            out.extend_from_slice(&number.to_be_bytes());
        }
        Value::Long(number) => {
            out.extend_from_slice(&[8, 2]);
            out.extend_from_slice(&number.to_be_bytes());
        }
        // The one list that a file needs is empty.
        Value::Map(entries) if entries.is_empty() => out.extend_from_slice(&[0, 4]),
        Value::Map(entries) => {
            control(out, 7, entries.len());
            for (key, value) in entries {
                write(out, &Value::Text(key.clone()));
                write(out, value);
            }
        }
    }
}

/// Type and size in a byte, with one more for sizes from 29 on.
fn control(out: &mut Vec<u8>, kind: u8, size: usize) {
    match u8::try_from(size).unwrap() {
        size @ 0..29 => out.push(kind << 5 | size),
        size => out.extend_from_slice(&[(kind << 5) + 29, size - 29]),
    }
}
