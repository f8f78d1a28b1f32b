//! Bans that BanGUI's own table carries out, without a jail.
use std::{net::IpAddr, str::FromStr};

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use super::list::one_line;
use crate::{HostId, NameError, Timestamp, UserName, names::text_conversions};

/// The key of a ban.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct OwnBanId(pub i64);

/// Why somebody bans: at most 200 characters on one line; may be empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct BanReason(String);

impl BanReason {
    /// The most characters.
    pub const MAX_CHARS: usize = 200;

    /// The reason as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for BanReason {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        if text.trim().is_empty() {
            return Ok(Self::default());
        }
        one_line(text, Self::MAX_CHARS).map(Self)
    }
}

text_conversions!(BanReason);

/// A ban as it is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewOwnBan {
    /// Where.
    pub host: HostId,
    /// Whom.
    pub network: IpNet,
    /// Since when.
    pub since: Timestamp,
    /// Until when; `None` is for ever.
    pub until: Option<Timestamp>,
    /// Why.
    pub reason: BanReason,
    /// Who made it.
    pub by: UserName,
    /// From which address, where it lies within what is banned and that was confirmed.
    pub confirmed: Option<IpAddr>,
}

/// A ban.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnBan {
    /// Its key.
    pub id: OwnBanId,
    /// What it says.
    pub ban: NewOwnBan,
    /// When somebody ended it, and who; `None` where nobody did.
    pub ended: Option<(Timestamp, UserName)>,
}

impl OwnBan {
    /// Whether it is in force at a moment.
    #[must_use]
    pub fn holds(&self, now: Timestamp) -> bool {
        self.ended.is_none() && self.ban.until.is_none_or(|until| until > now)
    }
}

/// The most bans that may be in force at a time; longer lists are sources.
pub const MAX_OWN_BANS: u64 = 10_000;
