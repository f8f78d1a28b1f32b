//! What comes with the binary: countries by crate `iptocc`, networks packed by the build script.
use std::{io::Read as _, net::IpAddr, sync::Arc};

use domain::{Asn, CountryCode, PlaceKind, PlaceSource, Timestamp};

use crate::table::{Disordered, Half, Table};

/// Made by the build script.
const PACKED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/networks.br"));
/// See `src/pack.rs`.
const MAGIC: &[u8; 4] = b"BGN1";
/// The version in `Cargo.lock`; the registries' statistics in it are as old as it is.
const IPTOCC_VERSION: &str = "1.4.175";

/// Packed networks that cannot be unpacked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum UnpackError {
    /// They cannot be decompressed.
    #[error("they cannot be decompressed")]
    Compression(#[from] std::io::Error),
    /// They end too early, or say what cannot be.
    #[error("they are damaged")]
    Damaged,
    /// Ranges are not in order.
    #[error(transparent)]
    Disordered(#[from] Disordered),
}

/// The country where an address is registered.
pub(crate) fn country(address: IpAddr) -> Option<CountryCode> {
    let code = match domain::canonical(address) {
        IpAddr::V4(address) => iptocc::country_code(address),
        IpAddr::V6(address) => iptocc::country_code(address),
    };
    code.and_then(|code| CountryCode::new(code).ok())
}

/// What the countries are.
pub(crate) fn country_source() -> PlaceSource {
    PlaceSource {
        kind: PlaceKind::Country,
        name: format!("iptocc {IPTOCC_VERSION}"),
        supplied: false,
        made_at: None,
        ranges: 0,
        licence: "The country where an address is registered, from the delegated statistics of AFRINIC, APNIC, ARIN, LACNIC and RIPE NCC; crate iptocc, MIT or Apache-2.0".to_owned(),
        problem: None,
    }
}

/// Networks with their names.
#[derive(Debug, Default)]
pub(crate) struct Networks {
    /// The number of the network at each address.
    pub(crate) table: Table,
    /// Their names.
    pub(crate) names: Names,
    /// When the data were made.
    pub(crate) made_at: Option<Timestamp>,
}

/// Names by the number of the network.
#[derive(Debug, Default)]
pub(crate) struct Names {
    asns: Vec<u32>,
    /// Where in `text` each name ends.
    ends: Vec<u32>,
    text: String,
}

impl Names {
    /// Adds a name; numbers ascend.
    pub(crate) fn push(&mut self, asn: u32, name: &str) {
        self.asns.push(asn);
        self.text.push_str(name);
        self.ends
            .push(u32::try_from(self.text.len()).unwrap_or(u32::MAX));
    }

    /// The name of a network; `None` for one without.
    pub(crate) fn get(&self, asn: Asn) -> Option<Arc<str>> {
        let at = self.asns.binary_search(&asn.0).ok()?;
        let start = match at.checked_sub(1) {
            Some(before) => *self.ends.get(before)?,
            None => 0,
        };
        let range = usize::try_from(start).ok()?..usize::try_from(*self.ends.get(at)?).ok()?;
        let name = self.text.get(range)?;
        (!name.is_empty()).then(|| name.into())
    }
}

impl Networks {
    /// Those of this build; none where the build had no data. Takes some tens of milliseconds.
    pub(crate) fn of_this_build() -> Result<Self, UnpackError> {
        let mut content = Vec::new();
        brotli_decompressor::Decompressor::new(PACKED, 1 << 16).read_to_end(&mut content)?;
        if content.is_empty() {
            return Ok(Self::default());
        }
        unpack(&content)
    }

    /// What the networks are.
    pub(crate) fn source(&self) -> PlaceSource {
        let ranges = self.table.ranges();
        PlaceSource {
            kind: PlaceKind::Network,
            name: "ip-location-db asn".to_owned(),
            supplied: false,
            made_at: self.made_at,
            ranges,
            licence: "CC BY 4.0: IP Geolocation by DB-IP (https://db-ip.com), Route Views (https://www.routeviews.org), NRO (https://www.nro.net); collected by ip-location-db".to_owned(),
            problem: (ranges == 0)
                .then(|| "this build came without data of networks: build it with `make build`".to_owned()),
        }
    }
}

/// Reads what `pack` wrote.
pub(crate) fn unpack(content: &[u8]) -> Result<Networks, UnpackError> {
    let mut from = Reader(content);
    if from.take(MAGIC.len())? != MAGIC {
        return Err(UnpackError::Damaged);
    }
    let made_at: i64 = from.small()?;
    let count = from.small()?;
    let asns = asns(&mut from, count)?;
    let length = from.small()?;
    let text = std::str::from_utf8(from.take(length)?).map_err(|_| UnpackError::Damaged)?;
    let mut names = Names::default();
    let mut lines = text.split('\n');
    for asn in &asns {
        names.push(*asn, lines.next().unwrap_or_default());
    }
    let v4 = half(&mut from, &asns, |at| u32::try_from(at).ok())?;
    let v6 = half(&mut from, &asns, Some)?;
    Ok(Networks {
        table: Table::new(v4, v6),
        names,
        made_at: Some(Timestamp::from_millis(made_at.saturating_mul(1000))),
    })
}

fn asns(from: &mut Reader<'_>, count: usize) -> Result<Vec<u32>, UnpackError> {
    let mut asns = Vec::new();
    let mut asn = 0_u32;
    for _ in 0..count {
        asn = asn.checked_add(from.small()?).ok_or(UnpackError::Damaged)?;
        asns.push(asn);
    }
    Ok(asns)
}

/// The ranges of a family; `narrow` turns a wide number into an address, `None` past the last one.
fn half<A: Ord + Copy + Default>(
    from: &mut Reader<'_>,
    asns: &[u32],
    narrow: impl Fn(u128) -> Option<A>,
) -> Result<Half<A>, UnpackError> {
    let count: usize = from.small()?;
    // Every range takes bytes in each of three columns, so that a wrong count asks for no more room than there are bytes.
    if count > from.0.len() {
        return Err(UnpackError::Damaged);
    }
    let column = |from: &mut Reader<'_>| {
        (0..count)
            .map(|_| from.round_number())
            .collect::<Result<Vec<u128>, _>>()
    };
    let gaps = column(from)?;
    let sizes = column(from)?;
    let mut half = Half::with_room(count);
    let mut next = 0_u128;
    for (gap, size) in gaps.into_iter().zip(sizes) {
        let asn = asns
            .get(from.small::<usize>()?)
            .ok_or(UnpackError::Damaged)?;
        let start = next.checked_add(gap).ok_or(UnpackError::Damaged)?;
        next = start.checked_add(size).ok_or(UnpackError::Damaged)?;
        half.push(
            narrow(start).ok_or(UnpackError::Damaged)?,
            narrow(next),
            *asn,
        )?;
    }
    Ok(half.finish())
}

/// Packed bytes that were not read yet.
struct Reader<'c>(&'c [u8]);

impl<'c> Reader<'c> {
    fn take(&mut self, bytes: usize) -> Result<&'c [u8], UnpackError> {
        let (taken, rest) = self.0.split_at_checked(bytes).ok_or(UnpackError::Damaged)?;
        self.0 = rest;
        Ok(taken)
    }

    fn byte(&mut self) -> Result<u8, UnpackError> {
        let (byte, rest) = self.0.split_first().ok_or(UnpackError::Damaged)?;
        self.0 = rest;
        Ok(*byte)
    }

    fn number(&mut self) -> Result<u128, UnpackError> {
        let mut value = 0_u128;
        let mut shift = 0;
        loop {
            let byte = self.byte()?;
            let part = u128::from(byte & 0x7f);
            if shift > 126 || (part << shift) >> shift != part {
                return Err(UnpackError::Damaged);
            }
            value |= part << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
            shift += 7;
        }
    }

    fn small<N: TryFrom<u128>>(&mut self) -> Result<N, UnpackError> {
        N::try_from(self.number()?).map_err(|_| UnpackError::Damaged)
    }

    fn round_number(&mut self) -> Result<u128, UnpackError> {
        let Some(zeros) = self.byte()?.checked_sub(1) else {
            return Ok(0);
        };
        let odd = self.number()?.checked_mul(2).ok_or(UnpackError::Damaged)? + 1;
        let value = odd.checked_shl(zeros.into()).ok_or(UnpackError::Damaged)?;
        if value >> zeros != odd {
            return Err(UnpackError::Damaged);
        }
        Ok(value)
    }
}

#[cfg(test)]
mod tests;
