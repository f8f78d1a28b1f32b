//! Who a ban is about.

use std::convert::Infallible;
use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::str::FromStr;

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use serde::{Deserialize, Serialize};

/// Who is banned: nearly always an address, but the daemon takes any text.
///
/// Its text is the one that the daemon itself uses; the daemon compares text, so two spellings of one
/// address must become one.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", from = "String")]
pub enum Subject {
    /// An address (as a network of one) or a network, masked; IPv4 addresses written as IPv6 are unwrapped.
    Network(IpNet),
    /// Anything else that was banned, word for word.
    Other(String),
}

impl Subject {
    /// Reads what the daemon lists or a person typed.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        match parse_network(text) {
            Some(network) => Self::Network(network),
            None => Self::Other(text.to_owned()),
        }
    }

    /// The network, if the subject is one.
    #[must_use]
    pub fn network(&self) -> Option<IpNet> {
        match self {
            Self::Network(network) => Some(*network),
            Self::Other(_) => None,
        }
    }
}

/// Reads an address or a network into its one form.
pub(crate) fn parse_network(text: &str) -> Option<IpNet> {
    let bare = text
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .unwrap_or(text);
    let network = match bare.parse::<IpAddr>() {
        Ok(address) => IpNet::from(address),
        Err(_) => bare.parse::<IpNet>().ok()?,
    };
    Some(canonical(network))
}

/// Masks a network and unwraps IPv4 that is written as IPv6.
#[must_use]
pub(crate) fn canonical(network: IpNet) -> IpNet {
    match network {
        IpNet::V6(v6) if v6.prefix_len() >= 96 => match v6.addr().to_ipv4_mapped() {
            Some(v4) => Ipv4Net::new(v4, v6.prefix_len() - 96).map_or(network, IpNet::V4),
            None => network,
        },
        _ => network,
    }
    .trunc()
}

/// The daemon's own text for a network.
pub(crate) fn daemon_text(network: IpNet) -> String {
    match canonical(network) {
        IpNet::V4(v4) if v4.prefix_len() == 32 => v4.addr().to_string(),
        IpNet::V4(v4) => v4.to_string(),
        IpNet::V6(v6) => v6_text(v6),
    }
}

/// The C library writes `::a.b.c.d` where the first six groups are zero and the seventh is not; Rust
/// writes hexadecimal groups there.
fn v6_text(network: Ipv6Net) -> String {
    let address: Ipv6Addr = network.addr();
    let text = match address.segments() {
        [0, 0, 0, 0, 0, 0, high, low] if high != 0 => {
            let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
            format!("::{a}.{b}.{c}.{d}")
        }
        _ => address.to_string(),
    };
    if network.prefix_len() == 128 {
        text
    } else {
        format!("{text}/{}", network.prefix_len())
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Network(network) => f.write_str(&daemon_text(*network)),
            Self::Other(text) => f.write_str(text),
        }
    }
}

impl FromStr for Subject {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self::parse(text))
    }
}

impl From<String> for Subject {
    fn from(text: String) -> Self {
        Self::parse(&text)
    }
}

impl From<Subject> for String {
    fn from(subject: Subject) -> Self {
        subject.to_string()
    }
}

impl From<IpNet> for Subject {
    fn from(network: IpNet) -> Self {
        Self::Network(canonical(network))
    }
}

impl From<IpAddr> for Subject {
    fn from(address: IpAddr) -> Self {
        Self::from(IpNet::from(address))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subject_of_one_address_in_many_spellings_is_one_text() {
        for (given, canonical) in [
            ("192.0.2.1", "192.0.2.1"),
            ("192.0.2.1/32", "192.0.2.1"),
            ("::ffff:192.0.2.9", "192.0.2.9"),
            ("::ffff:192.0.2.9/128", "192.0.2.9"),
            ("::ffff:192.0.2.0/120", "192.0.2.0/24"),
            ("198.51.100.77/24", "198.51.100.0/24"),
            ("2001:0DB8:0:0::00ab", "2001:db8::ab"),
            ("[2001:db8::77]", "2001:db8::77"),
            ("2001:db8::1/64", "2001:db8::/64"),
            ("::c000:201", "::192.0.2.1"),
            ("::1", "::1"),
        ] {
            let subject = Subject::parse(given);
            assert!(subject.network().is_some(), "{given}");
            assert_eq!(subject.to_string(), canonical);
            assert_eq!(Subject::parse(canonical), subject);
        }
    }

    #[test]
    fn subject_of_nonsense_keeps_the_text() {
        for given in [
            "999.999.1.2",
            "$(id)",
            "",
            " 192.0.2.1",
            "010.0.0.1",
            "192.0.2.0/33",
            "[192.0.2.1",
        ] {
            assert_eq!(Subject::parse(given), Subject::Other(given.to_owned()));
        }
    }
}
