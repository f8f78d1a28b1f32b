//! What a table is to hold.
use std::{fmt, str::FromStr, time::Duration};

use ipnet::IpNet;
use sha2::{Digest as _, Sha256};

use super::{
    TableError,
    kind::{Direction, Family, Part},
};

/// Goes into every hash, so that a table laid out by another version is laid out anew.
const LAYOUT: &[u8] = b"1";

/// The longest name: an ipset's may have 31 characters, of which the kinds of sets need 16.
const MAX_NAME: usize = 15;

/// The name of a table: it begins with a small letter and has letters, digits and `_` alone.
///
/// ```
/// assert!("bangui".parse::<firewall::TableName>().is_ok());
/// assert!("bangui; flush ruleset".parse::<firewall::TableName>().is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TableName(String);

/// A text is no name of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a table's name begins with a small letter and has at most {MAX_NAME} small letters, digits and '_'"
)]
pub struct TableNameError;

impl TableName {
    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for TableName {
    type Err = TableNameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let letters = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'_';
        let begins = text.as_bytes().first().is_some_and(u8::is_ascii_lowercase);
        if !begins || text.len() > MAX_NAME || !text.bytes().all(letters) {
            return Err(TableNameError);
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for TableName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A network that is banned by hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ban {
    /// The network; a single address is one of its full length.
    pub network: IpNet,
    /// How long it still lasts; `None` for ever. The kernel ends it by itself.
    pub remaining: Option<Duration>,
}

/// All that a table is to hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Content {
    /// What is dropped when it comes from there: the fewest networks, without host bits, IPv4 first, in order.
    pub blocked: Vec<IpNet>,
    /// What is dropped when it goes there: in the same form.
    pub blocked_out: Vec<IpNet>,
    /// What is never dropped, even where it is in the other lists. Networks may overlap; the order does not matter.
    pub allowed: Vec<IpNet>,
    /// What is banned by hand. Networks may overlap, and each ends at its own time.
    pub bans: Vec<Ban>,
    /// Whether connections that were established before stay.
    pub established_stay: bool,
}

impl Content {
    /// What tells this content from others. Bans and allowed networks are no part of it: they change one by one.
    #[must_use]
    pub fn hash(&self) -> ContentHash {
        let mut hash = Sha256::new();
        hash.update(LAYOUT);
        hash.update([u8::from(self.established_stay)]);
        for list in [&self.blocked, &self.blocked_out] {
            hash.update(u64::try_from(list.len()).unwrap_or(u64::MAX).to_be_bytes());
            for network in list {
                match network {
                    IpNet::V4(v4) => hash.update(v4.addr().octets()),
                    IpNet::V6(v6) => hash.update(v6.addr().octets()),
                }
                // Beyond 128, so that no IPv4 network reads like the begin of an IPv6 one.
                let family = if network.addr().is_ipv4() { 0x80 } else { 0 };
                hash.update([network.prefix_len() ^ family, family]);
            }
        }
        ContentHash(hash.finalize().into())
    }

    /// The networks that belong in a set.
    pub(super) fn part(&self, part: Part) -> impl Iterator<Item = &IpNet> {
        let list = match part.direction {
            Direction::In => &self.blocked,
            Direction::Out => &self.blocked_out,
        };
        list.iter()
            .filter(move |network| Family::of(network) == part.family && part.width.has(network))
    }

    /// That the lists have the form that they must have.
    pub(super) fn check(&self) -> Result<(), TableError> {
        for list in [&self.blocked, &self.blocked_out] {
            let mut before: Option<&IpNet> = None;
            for network in list {
                let follows = match (before, network) {
                    (None, _) | (Some(IpNet::V4(_)), IpNet::V6(_)) => true,
                    (Some(IpNet::V4(a)), IpNet::V4(b)) => a.broadcast() < b.network(),
                    (Some(IpNet::V6(a)), IpNet::V6(b)) => a.broadcast() < b.network(),
                    (Some(IpNet::V6(_)), IpNet::V4(_)) => false,
                };
                if !follows || network.addr() != network.network() {
                    return Err(TableError::Disorder { network: *network });
                }
                before = Some(network);
            }
        }
        Ok(())
    }
}

/// What tells one content from another.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ContentHash([u8; 32]);

/// A text is no hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a hash is 64 hexadecimal digits")]
pub struct ContentHashError;

impl fmt::Display for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for ContentHash {
    type Err = ContentHashError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut bytes = [0; 32];
        if text.len() != 64 {
            return Err(ContentHashError);
        }
        for (byte, digits) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
            let digits = std::str::from_utf8(digits).map_err(|_| ContentHashError)?;
            *byte = u8::from_str_radix(digits, 16).map_err(|_| ContentHashError)?;
        }
        Ok(Self(bytes))
    }
}
