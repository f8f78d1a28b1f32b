//! Reads and merges a list of a million lines, and tells the time and the most memory that took.
//!
//! `cargo run --release -p blocklists --example million -- v4|v6|mixed [LINES]`
use std::{
    fmt::Write as _,
    fs,
    io::{self, Write},
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    time::Instant,
};

use ipnet::IpNet;

use blocklists::{Guard, Index, Limits, Ranges, difference, parse};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let kind = arguments.next().unwrap_or_else(|| "v4".to_owned());
    let lines = arguments
        .next()
        .map_or(Ok(1_000_000), |text| text.parse())?;
    let text = list(&kind, lines);
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "{kind}: {lines} lines, {} MiB, peak {} MiB",
        text.len() >> 20,
        peak_mib()?
    )?;

    let began = Instant::now();
    let list = parse(text.as_bytes(), Limits::default())?;
    let parsed = began.elapsed();
    drop(text);
    writeln!(
        out,
        "parse {parsed:.2?}, {} networks, {} junk, peak {} MiB",
        list.networks.len(),
        list.junk.count,
        peak_mib()?
    )?;

    let began = Instant::now();
    let guarded = Guard::new(["8.8.8.8/32".parse()?]).apply(list.networks);
    writeln!(
        out,
        "guard and merge {:.2?}, {} networks, peak {} MiB",
        began.elapsed(),
        guarded.networks.len(),
        peak_mib()?
    )?;

    search(&guarded.networks, &mut out)
}

fn search(networks: &[IpNet], out: &mut impl Write) -> Result<(), Box<dyn std::error::Error>> {
    let began = Instant::now();
    let index: Index<u32> = [(1, Ranges::of(networks.iter().copied()))]
        .into_iter()
        .collect();
    writeln!(
        out,
        "index {:.2?}, {} KiB, peak {} MiB",
        began.elapsed(),
        index.bytes() >> 10,
        peak_mib()?
    )?;

    let began = Instant::now();
    let mut found = 0;
    for number in 0..1_000_000_u32 {
        let address = Ipv4Addr::from(number.wrapping_mul(2_654_435_761));
        found += index.lists_with(IpAddr::V4(address)).len();
    }
    writeln!(
        out,
        "a million searches {:.2?}, {found} found",
        began.elapsed()
    )?;

    let began = Instant::now();
    let same = difference(networks, networks).is_empty();
    let overlap = index.overlap(1, 1).unwrap_or_default().total();
    writeln!(
        out,
        "difference with itself ({same}) and overlap ({overlap}) {:.2?}",
        began.elapsed()
    )?;
    Ok(())
}

/// Numbers without an order, the same each time.
fn list(kind: &str, lines: u32) -> String {
    let mut text = String::new();
    for number in 0..lines {
        let mixed = number.wrapping_mul(2_654_435_761);
        let is_v6 = kind == "v6" || kind == "mixed" && number % 4 == 0;
        let _ = if is_v6 {
            let address =
                Ipv6Addr::from(u128::from(mixed) << 64 | 0x2a00 << 112 | u128::from(number));
            writeln!(text, "{address}")
        } else if number % 16 == 0 {
            writeln!(
                text,
                "{}/24 ; SBL{number}",
                Ipv4Addr::from(mixed & 0xffff_ff00)
            )
        } else {
            writeln!(text, "{}", Ipv4Addr::from(mixed))
        };
    }
    text
}

/// The most memory that the process has had, as the system counts it.
fn peak_mib() -> io::Result<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    Ok(kib.unwrap_or_default() >> 10)
}
