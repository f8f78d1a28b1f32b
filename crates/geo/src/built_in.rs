//! What comes with the binary: countries by crate `iptocc`, networks as the build script laid them out. Both are read where they lie: nothing is unpacked, and what
//! nobody asks for is not even in memory.
use std::{borrow::Cow, net::IpAddr};

use domain::{CountryCode, PlaceKind, PlaceSource, Timestamp};

use crate::{
    names::Names,
    ranges::{Column, Ranges},
    table::Table,
};

/// The version in `Cargo.lock`; the registries' statistics in it are as old as it is.
const IPTOCC_VERSION: &str = "1.4.175";

/// What the build script says of the networks.
#[expect(clippy::unreadable_literal, reason = "nobody reads what is generated")]
mod made {
    include!(concat!(env!("OUT_DIR"), "/made.rs"));
}

/// A file of the build script as numbers side by side.
macro_rules! column {
    ($file:literal) => {
        Cow::Borrowed(
            include_bytes!(concat!(env!("OUT_DIR"), "/", $file))
                .as_chunks()
                .0,
        )
    };
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
#[derive(Debug)]
pub(crate) struct Networks {
    /// The number of the network at each address.
    pub(crate) table: Table,
    /// Their names.
    pub(crate) names: Names,
    /// When the data were made; `None` where the build had none.
    made_at: Option<Timestamp>,
}

impl Networks {
    /// Those of this build; none where the build had no data.
    pub(crate) fn of_this_build() -> Self {
        let v4 = Ranges {
            starts: column!("v4-starts"),
            values: column!("v4-values"),
            count: made::V4_COUNT,
        };
        let v6 = Ranges {
            starts: column!("v6-starts"),
            values: column!("v6-values"),
            count: made::V6_COUNT,
        };
        let blocks: Column<4> = column!("v4-blocks");
        Self {
            table: Table::with_blocks(v4, blocks, v6),
            names: Names {
                asns: column!("asns"),
                ends: column!("name-ends"),
                text: Cow::Borrowed(include_str!(concat!(env!("OUT_DIR"), "/names"))),
            },
            made_at: made::MADE_AT_SECONDS
                .map(|seconds: i64| Timestamp::from_millis(seconds.saturating_mul(1000))),
        }
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

#[cfg(test)]
mod tests;
