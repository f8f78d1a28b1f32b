//! The allowlist: who is never blocked.
use std::{fmt, net::IpAddr, str::FromStr};

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use super::ListNote;
use crate::{HostId, Timestamp, UserName};

/// The key of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct AllowId(pub i64);

/// Why a text is not the name of a host.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "this is neither an address, nor a network, nor the name of a host: write one such as 192.0.2.7, 192.0.2.0/24 or office.example.org"
)]
pub struct HostNameError;

/// The name of a host in the DNS: labels of letters, digits and hyphens, with at least one dot; in small letters, without a dot at its end.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct HostName(String);

impl HostName {
    /// The most characters of a name, and of each of its labels.
    const MAX_CHARS: usize = 253;
    const MAX_LABEL_CHARS: usize = 63;

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for HostName {
    type Err = HostNameError;

    fn from_str(text: &str) -> Result<Self, HostNameError> {
        let text = text.trim();
        let text = text.strip_suffix('.').unwrap_or(text);
        let is_label = |label: &str| {
            (1..=Self::MAX_LABEL_CHARS).contains(&label.len())
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        };
        let last = text.rsplit('.').next().unwrap_or_default();
        // A last label of digits would be an address that somebody wrote wrongly.
        let is_name = text.len() <= Self::MAX_CHARS
            && text.contains('.')
            && text.split('.').all(is_label)
            && last.bytes().any(|byte| byte.is_ascii_alphabetic());
        if !is_name {
            return Err(HostNameError);
        }
        Ok(Self(text.to_ascii_lowercase()))
    }
}

impl TryFrom<String> for HostName {
    type Error = HostNameError;

    fn try_from(text: String) -> Result<Self, HostNameError> {
        text.parse()
    }
}

impl From<HostName> for String {
    fn from(name: HostName) -> Self {
        name.0
    }
}

impl fmt::Display for HostName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Who is let through.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AllowSubject {
    /// An address (full prefix length) or a network.
    Network(IpNet),
    /// The addresses that a name has at the time.
    Name(HostName),
}

impl FromStr for AllowSubject {
    type Err = HostNameError;

    fn from_str(text: &str) -> Result<Self, HostNameError> {
        match crate::parse_target(text) {
            Ok(target) => Ok(Self::Network(target.network)),
            Err(_) => text.parse().map(Self::Name),
        }
    }
}

impl fmt::Display for AllowSubject {
    /// As fail2ban writes it in `ignoreip`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Network(network) => crate::BanSubject::Network(*network).fmt(f),
            Self::Name(name) => name.fmt(f),
        }
    }
}

/// An entry as it is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAllowEntry {
    /// Who is let through.
    pub subject: AllowSubject,
    /// For people.
    pub note: ListNote,
    /// Who made it.
    pub owner: UserName,
    /// When.
    pub created_at: Timestamp,
    /// Until when it holds; `None` is for good.
    pub expires_at: Option<Timestamp>,
    /// Where it holds; `None` is everywhere.
    pub host: Option<HostId>,
}

/// An entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllowEntry {
    /// Its key.
    pub id: AllowId,
    /// What it says.
    pub entry: NewAllowEntry,
    /// Since when it does not hold any more, as somebody removed it; such entries are kept until fail2ban's files do not name them any more.
    pub removed_at: Option<Timestamp>,
    /// What a name was last found to be, also before this start; empty for others.
    pub addresses: Vec<IpAddr>,
    /// Whether BanGUI wrote it into fail2ban's files; `Some(false)`: it stood there already. `None`: not looked at yet.
    pub written: Option<bool>,
}

impl AllowEntry {
    /// Whether it holds at a moment.
    #[must_use]
    pub fn holds(&self, now: Timestamp) -> bool {
        self.removed_at.is_none() && self.entry.expires_at.is_none_or(|end| end > now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subject_is_an_address_a_network_or_a_name() {
        let subject = |text: &str| text.parse::<AllowSubject>().map(|s| s.to_string());
        assert_eq!(subject("203.0.113.9").unwrap(), "203.0.113.9");
        assert_eq!(subject(" 203.0.113.9/24 ").unwrap(), "203.0.113.0/24");
        assert_eq!(subject("2001:DB8::1").unwrap(), "2001:db8::1");
        assert_eq!(
            subject("Office.Example.org.").unwrap(),
            "office.example.org"
        );
    }

    #[test]
    fn subject_that_is_none_of_them_is_refused() {
        for text in [
            "",
            "office",
            "203.0.113",
            "203.0.113.300",
            "a..b",
            "-a.example",
            "a-.example",
            "exa mple.org",
            "example.org/24",
            "example.org; drop",
            "%(x)s.example.org",
        ] {
            assert!(text.parse::<AllowSubject>().is_err(), "{text:?}");
        }
    }
}
