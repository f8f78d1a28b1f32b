//! Packs the networks that npm brought (`make` does) into one compressed file inside the binary. Without them the crate builds and knows no networks.
#[path = "src/pack.rs"]
mod pack;

use std::{collections::BTreeMap, env, error::Error, fs, io::Write as _, net::IpAddr, path::Path};

use pack::{Content, Row};

/// Level 11 takes a minute and saves 4 %.
const BROTLI_QUALITY: u32 = 9;
const BROTLI_WINDOW: u32 = 24;

fn main() -> Result<(), Box<dyn Error>> {
    let here = env::var("CARGO_MANIFEST_DIR")?;
    let data = Path::new(&here).join("data/node_modules/@ip-location-db/asn");
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=src/pack.rs");
    println!(
        "cargo:rerun-if-changed={}",
        data.join("package.json").display()
    );
    let packed = if data.join("package.json").is_file() {
        pack::pack(&read(&data)?)
    } else {
        println!(
            "cargo:warning=no data of networks: run `make geo-data`, or this build knows no networks"
        );
        Vec::new()
    };
    let out = Path::new(&env::var("OUT_DIR")?).join("networks.br");
    let mut file = brotli::CompressorWriter::new(
        fs::File::create(out)?,
        1 << 16,
        BROTLI_QUALITY,
        BROTLI_WINDOW,
    );
    file.write_all(&packed)?;
    Ok(())
}

fn read(data: &Path) -> Result<Content, Box<dyn Error>> {
    let mut names = BTreeMap::new();
    let narrow = |row: Row<u128>| -> Result<Row<u32>, Box<dyn Error>> {
        Ok(Row {
            start: row.start.try_into()?,
            end: row.end.try_into()?,
            asn: row.asn,
        })
    };
    let v4 = rows(&data.join("asn-ipv4.csv"), &mut names)?;
    let v6 = rows(&data.join("asn-ipv6.csv"), &mut names)?;
    Ok(Content {
        made_at: made_at(&fs::read_to_string(data.join("package.json"))?)?,
        names: names.into_iter().collect(),
        v4: v4.into_iter().map(narrow).collect::<Result<_, _>>()?,
        v6,
    })
}

fn rows(file: &Path, names: &mut BTreeMap<u32, String>) -> Result<Vec<Row<u128>>, Box<dyn Error>> {
    let mut rows: Vec<Row<u128>> = Vec::new();
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

/// Names are lines in the packed form, and shown to people.
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
