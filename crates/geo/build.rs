//! Lays the networks that npm brought (`make` does) out as they are searched, so that the binary needs not unpack them. Without them the crate builds and knows no networks.
#[expect(dead_code, reason = "the build makes names and asks for none")]
#[path = "src/names.rs"]
mod names;
#[path = "src/ranges.rs"]
mod ranges;

use std::{
    collections::BTreeMap,
    env,
    error::Error,
    fs,
    net::IpAddr,
    path::{Path, PathBuf},
};

use names::NamesInOrder;
use ranges::{Growing, Ranges, blocks};

fn main() -> Result<(), Box<dyn Error>> {
    let here = env::var("CARGO_MANIFEST_DIR")?;
    let data = Path::new(&here).join("data/node_modules/@ip-location-db/asn");
    for watched in ["build.rs", "src/names.rs", "src/ranges.rs"] {
        println!("cargo:rerun-if-changed={watched}");
    }
    println!(
        "cargo:rerun-if-changed={}",
        data.join("package.json").display()
    );
    let out = PathBuf::from(env::var("OUT_DIR")?);
    if data.join("package.json").is_file() {
        let names = &mut BTreeMap::new();
        let v4 = read(&data.join("asn-ipv4.csv"), names)?;
        let v6 = read(&data.join("asn-ipv6.csv"), names)?;
        let made_at = made_at(&fs::read_to_string(data.join("package.json"))?)?;
        return write(&out, &v4, &v6, names, Some(made_at));
    }
    println!(
        "cargo:warning=no data of networks: run `make geo-data`, or this build knows no networks"
    );
    write(
        &out,
        &Ranges::default(),
        &Ranges::default(),
        &BTreeMap::new(),
        None,
    )
}

fn write(
    out: &Path,
    v4: &Ranges<4>,
    v6: &Ranges<16>,
    names: &BTreeMap<u32, String>,
    made_at: Option<u64>,
) -> Result<(), Box<dyn Error>> {
    let mut in_order = NamesInOrder::default();
    for (asn, name) in names {
        in_order.push(*asn, name);
    }
    let names = in_order.finish();
    let blocks = blocks(&v4.starts);
    for (file, content) in [
        ("v4-starts", v4.starts.as_flattened()),
        ("v4-values", v4.values.as_flattened()),
        ("v4-blocks", blocks.as_flattened()),
        ("v6-starts", v6.starts.as_flattened()),
        ("v6-values", v6.values.as_flattened()),
        ("asns", names.asns.as_flattened()),
        ("name-ends", names.ends.as_flattened()),
        ("names", names.text.as_bytes()),
    ] {
        fs::write(out.join(file), content)?;
    }
    let made = format!(
        "pub(super) const MADE_AT_SECONDS: Option<i64> = {made_at:?};\npub(super) const V4_COUNT: u64 = {};\npub(super) const V6_COUNT: u64 = {};\n",
        v4.count, v6.count
    );
    Ok(fs::write(out.join("made.rs"), made)?)
}

/// The ranges of a family; an address is its last `N` bytes.
fn read<const N: usize>(
    file: &Path,
    names: &mut BTreeMap<u32, String>,
) -> Result<Ranges<N>, Box<dyn Error>> {
    let octets = |address: u128| -> Option<[u8; N]> { address.to_be_bytes().last_chunk().copied() };
    let mut ranges = Growing::new();
    for row in rows(file, names)? {
        let start = octets(row.start).ok_or("too long an address")?;
        // Past the last address of the family there is none.
        let next = row
            .end
            .checked_add(1)
            .filter(|next| next >> (8 * N - 1) >> 1 == 0);
        ranges.push(start, next.and_then(octets), row.asn)?;
    }
    Ok(ranges.finish())
}

/// A range of addresses that one network announces.
struct Row {
    start: u128,
    end: u128,
    asn: u32,
}

fn rows(file: &Path, names: &mut BTreeMap<u32, String>) -> Result<Vec<Row>, Box<dyn Error>> {
    let mut rows: Vec<Row> = Vec::new();
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_path(file)?;
    for record in reader.records() {
        let record = record?;
        let field = |at| record.get(at).ok_or("a column is missing");
        let address = |at| -> Result<u128, Box<dyn Error>> {
            Ok(match field(at)?.parse()? {
                IpAddr::V4(address) => u32::from(address).into(),
                IpAddr::V6(address) => address.into(),
            })
        };
        let row = Row {
            start: address(0)?,
            end: address(1)?,
            asn: field(2)?.parse()?,
        };
        if let Some(last) = rows.last_mut()
            && last.end >= row.start
        {
            // One range of 500,000 reaches into the next one.
            last.end = row.start.saturating_sub(1);
        }
        if row.start > row.end || rows.last().is_some_and(|last| last.start > last.end) {
            return Err(format!("{}: out of order at {record:?}", file.display()).into());
        }
        names
            .entry(row.asn)
            .or_insert_with(|| plain(record.get(3).unwrap_or_default()));
        rows.push(row);
    }
    Ok(rows)
}

/// Names are shown to people.
fn plain(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).collect()
}

/// The version of the package ends in the day: `2.3.2026061719` was made on 17 June 2026.
fn made_at(package: &str) -> Result<u64, Box<dyn Error>> {
    let (_, version) = package.split_once("\"version\"").ok_or("no version")?;
    let version = version.split('"').nth(1).ok_or("no version")?;
    let day = version
        .rsplit('.')
        .next()
        .and_then(|patch| patch.get(..8))
        .ok_or("no day in the version")?;
    let part = |at: std::ops::Range<usize>| -> Result<u64, Box<dyn Error>> {
        Ok(day.get(at).ok_or("no day in the version")?.parse()?)
    };
    Ok(seconds(part(0..4)?, part(4..6)?, part(6..8)?))
}

/// Midnight UTC of a day of the Gregorian calendar, which is counted from March so that the leap day is last.
fn seconds(year: u64, month: u64, day: u64) -> u64 {
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1;
    (days - 719_468) * 86_400
}
