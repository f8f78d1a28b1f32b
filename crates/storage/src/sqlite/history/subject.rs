//! Subjects as columns: address, prefix, text.
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use domain::{BanSubject, StorageError};
use ipnet::IpNet;

use super::{super::address, codes::inconsistent};

/// A subject as its columns; the text as its key in `texts`, 0 for none.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Columns {
    pub(super) address: Vec<u8>,
    pub(super) prefix: u8,
    pub(super) text: i64,
}

impl Columns {
    pub(super) fn of_network(network: &IpNet) -> Self {
        Self {
            address: address::to_bytes(network.network()),
            prefix: network.prefix_len(),
            text: 0,
        }
    }

    pub(super) const fn of_text(text: i64) -> Self {
        Self {
            address: Vec::new(),
            prefix: 0,
            text,
        }
    }

    /// The noun; the text is asked for only when the subject is no address.
    pub(super) fn subject(
        &self,
        text: impl FnOnce() -> Result<Option<String>, StorageError>,
    ) -> Result<BanSubject, StorageError> {
        to_subject(&self.address, self.prefix, text)
    }
}

/// The noun of columns.
pub(super) fn to_subject(
    bytes: &[u8],
    prefix: u8,
    text: impl FnOnce() -> Result<Option<String>, StorageError>,
) -> Result<BanSubject, StorageError> {
    if bytes.is_empty() {
        return text()?
            .map(BanSubject::Other)
            .ok_or(inconsistent("a subject's text is gone"));
    }
    let address = address::from_bytes(bytes).ok_or(inconsistent("address is not 4 or 16 bytes"))?;
    IpNet::new(address, prefix)
        .map(BanSubject::Network)
        .map_err(|_| inconsistent("prefix is too long"))
}

/// The first and last address of a network, as bytes.
pub(super) fn bounds(network: &IpNet) -> (Vec<u8>, Vec<u8>) {
    let last = match network {
        IpNet::V4(network) => IpAddr::V4(Ipv4Addr::from(
            u32::from(network.network()) | u32::from(network.hostmask()),
        )),
        IpNet::V6(network) => IpAddr::V6(Ipv6Addr::from(
            u128::from(network.network()) | u128::from(network.hostmask()),
        )),
    };
    (
        address::to_bytes(network.network()),
        address::to_bytes(last),
    )
}
