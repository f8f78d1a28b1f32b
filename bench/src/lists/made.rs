//! Lists that are made up: the same each time.
use std::{
    fs::File,
    io::{BufWriter, Write as _},
    net::{IpAddr, Ipv4Addr},
    path::PathBuf,
};

use ipnet::IpNet;
use tempfile::TempDir;

use crate::Error;

const SEED: u64 = 5;
/// The first address; from here on nothing is private or special for many millions.
const FIRST: Ipv4Addr = Ipv4Addr::new(11, 0, 0, 0);
/// The most addresses between two networks; at least one is, so that none touch and merging leaves all.
const MOST_APART: u32 = 60;

/// The text of a list, in a file.
pub(super) struct List {
    pub(super) path: PathBuf,
}

impl List {
    /// Four of five are single addresses, the others networks of /24 to /28, in no order.
    pub(super) fn write(folder: &TempDir, count: usize) -> Result<Self, Error> {
        let mut random = fastrand::Rng::with_seed(SEED);
        let mut next = FIRST.to_bits();
        let mut networks = Vec::with_capacity(count);
        for number in 0..count {
            let length = match number % 5 {
                0 => random.u8(24..=28),
                _ => 32,
            };
            let size = 1_u32 << (32 - length);
            let first = (next + random.u32(1..=MOST_APART)).next_multiple_of(size);
            next = first + size;
            networks.push((first, length));
        }
        random.shuffle(&mut networks);
        let path = folder.path().join(format!("{count}.txt"));
        let mut file = BufWriter::new(File::create(&path)?);
        for (first, length) in networks {
            match length {
                32 => writeln!(file, "{}", Ipv4Addr::from_bits(first))?,
                _ => writeln!(file, "{}/{length}", Ipv4Addr::from_bits(first))?,
            }
        }
        file.flush()?;
        Ok(Self { path })
    }
}

/// Single addresses that are on no list, from one of them on.
pub(super) fn addresses(from: u32, count: u32) -> impl Iterator<Item = IpNet> {
    let first = Ipv4Addr::new(9, 0, 0, 1).to_bits() + from;
    (0..count).map(move |number| IpNet::from(IpAddr::V4(Ipv4Addr::from_bits(first + number))))
}
