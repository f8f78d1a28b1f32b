//! Subjects as columns: address, prefix, text.
use std::{
    hash::{Hash, Hasher},
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    ops::Deref,
};

use domain::{BanSubject, StorageError};
use ipnet::IpNet;
use rusqlite::{
    Row, ToSql,
    types::{FromSql, FromSqlError, FromSqlResult, ToSqlOutput, ValueRef},
};

use super::{super::address, codes::inconsistent};

/// An address as 0, 4 or 16 bytes in place: questions look at thousands. In the order of the bytes, as the column is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Octets {
    /// What is not used is zero.
    bytes: [u8; 16],
    length: u8,
}

impl Octets {
    /// `None` when there are more than sixteen.
    pub(super) fn new(from: &[u8]) -> Option<Self> {
        let mut octets = Self {
            length: u8::try_from(from.len()).ok()?,
            ..Self::default()
        };
        octets.bytes.get_mut(..from.len())?.copy_from_slice(from);
        Some(octets)
    }

    /// The first four bytes as a number: in the order of addresses, coarser.
    pub(super) const fn group(&self) -> u32 {
        let [a, b, c, d, ..] = self.bytes;
        u32::from_be_bytes([a, b, c, d])
    }
}

impl Deref for Octets {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.bytes
            .get(..usize::from(self.length))
            .unwrap_or_default()
    }
}

impl From<IpAddr> for Octets {
    fn from(address: IpAddr) -> Self {
        Self::new(&address::to_bytes(address)).unwrap_or_default()
    }
}

impl FromSql for Octets {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Self::new(value.as_blob()?).ok_or(FromSqlError::InvalidType)
    }
}

impl ToSql for Octets {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(ValueRef::Blob(self)))
    }
}

/// A subject as its columns; the text as its key in `texts`, 0 for none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Columns {
    pub(super) address: Octets,
    pub(super) prefix: u8,
    pub(super) text: i64,
}

impl Hash for Columns {
    /// Two numbers, as thousands are counted for a question; derived, it were five and the length of the address once more.
    fn hash<H: Hasher>(&self, state: &mut H) {
        let lengths = u16::from_be_bytes([self.address.length, self.prefix]);
        state.write_u128(u128::from_be_bytes(self.packed()));
        state.write_u16(lengths);
    }
}

impl Columns {
    /// From a row that begins with them.
    pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            address: row.get(0)?,
            prefix: row.get(1)?,
            text: row.get(2)?,
        })
    }

    pub(super) fn of_network(network: &IpNet) -> Self {
        Self {
            address: network.network().into(),
            prefix: network.prefix_len(),
            text: 0,
        }
    }

    /// See [`Octets::group`].
    pub(super) fn group(&self) -> i64 {
        self.address.group().into()
    }

    pub(super) fn of_text(text: i64) -> Self {
        Self {
            address: Octets::default(),
            prefix: 0,
            text,
        }
    }

    /// Address or text in sixteen bytes.
    pub(super) fn packed(&self) -> [u8; 16] {
        let mut bytes = self.address.bytes;
        if self.address.is_empty() {
            let [text @ .., _, _, _, _, _, _, _, _] = &mut bytes;
            *text = self.text.to_be_bytes();
        }
        bytes
    }

    /// What has been packed, with the length of its address.
    pub(super) fn of_packed(bytes: [u8; 16], length: u8, prefix: u8) -> Self {
        if length == 0 {
            let text = bytes.first_chunk().copied().unwrap_or_default();
            return Self {
                prefix,
                ..Self::of_text(i64::from_be_bytes(text))
            };
        }
        Self {
            address: Octets { bytes, length },
            prefix,
            text: 0,
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
pub(super) fn bounds(network: &IpNet) -> (Octets, Octets) {
    let last = match network {
        IpNet::V4(network) => IpAddr::V4(Ipv4Addr::from(
            u32::from(network.network()) | u32::from(network.hostmask()),
        )),
        IpNet::V6(network) => IpAddr::V6(Ipv6Addr::from(
            u128::from(network.network()) | u128::from(network.hostmask()),
        )),
    };
    (network.network().into(), last.into())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn octets_are_in_the_order_of_their_bytes(
            one in prop::collection::vec(0..3_u8, 0..17),
            other in prop::collection::vec(0..3_u8, 0..17),
        ) {
            let octets = |bytes: &[u8]| Octets::new(bytes).unwrap();
            prop_assert_eq!(octets(&one).cmp(&octets(&other)), one.cmp(&other));
            prop_assert_eq!(&*octets(&one), one.as_slice());
        }
    }

    #[test]
    fn more_than_sixteen_octets_are_none() {
        assert_eq!(Octets::new(&[0; 17]), None);
    }
}
