//! Addresses and networks: parsed at the edge, kept in one canonical form.
use std::{fmt, net::IpAddr};

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

/// Why a text is not an address or network.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Nothing was given.
    #[error(
        "nothing was given: write an address such as 192.0.2.7 or a network such as 192.0.2.0/24"
    )]
    Empty,
    /// Not an address, not a network.
    #[error(
        "this is not an address or network: write one such as 192.0.2.7, 2001:db8::7 or 192.0.2.0/24"
    )]
    NotAnAddress,
    /// The prefix is longer than an address of the family.
    #[error("the prefix length is too large: at most 32 for IPv4 and 128 for IPv6")]
    PrefixTooLong,
}

/// An address or network that a person wrote, in canonical form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParsedTarget {
    /// The canonical network; a single address has the full prefix length.
    pub network: IpNet,
    /// Whether host bits were cut off, which the person should be told.
    pub masked: bool,
}

/// IP version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Family {
    /// Version 4.
    V4,
    /// Version 6.
    V6,
}

/// What is banned: mostly an address, but fail2ban bans any text that a filter captures.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum BanSubject {
    /// An address (full prefix length) or a network.
    Network(IpNet),
    /// Anything else, kept as the daemon says it. Hostile text.
    Other(String),
}

impl BanSubject {
    /// IP version; `None` when this is not an address.
    #[must_use]
    pub const fn family(&self) -> Option<Family> {
        match self {
            Self::Network(IpNet::V4(_)) => Some(Family::V4),
            Self::Network(IpNet::V6(_)) => Some(Family::V6),
            Self::Other(_) => None,
        }
    }

    /// Reads what the daemon says; never fails, what is no address is `Other`.
    #[must_use]
    pub fn from_daemon(text: &str) -> Self {
        parse_target(text).map_or_else(
            |_| Self::Other(text.to_owned()),
            |parsed| Self::Network(parsed.network),
        )
    }
}

impl fmt::Display for BanSubject {
    /// As fail2ban writes it: a single address has no prefix length.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Network(network) if network.prefix_len() == network.max_prefix_len() => {
                network.addr().fmt(f)
            }
            Self::Network(network) => network.fmt(f),
            Self::Other(text) => f.write_str(text),
        }
    }
}

/// The canonical form of an address: IPv4 mapped into IPv6 becomes IPv4.
#[must_use]
pub const fn canonical(address: IpAddr) -> IpAddr {
    address.to_canonical()
}

/// Parses an address or network as people write it.
///
/// White space around it and brackets around an IPv6 address are taken; mapped IPv4 becomes IPv4; host bits of a network are cut off.
///
/// # Errors
/// [`AddressError`] says what to write instead.
pub fn parse_target(text: &str) -> Result<ParsedTarget, AddressError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(AddressError::Empty);
    }
    let (address, prefix) = match text.split_once('/') {
        Some((address, prefix)) => (address, Some(prefix)),
        None => (text, None),
    };
    let written: IpAddr = address
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .unwrap_or(address)
        .parse()
        .map_err(|_| AddressError::NotAnAddress)?;
    let Some(prefix) = prefix else {
        return Ok(ParsedTarget {
            network: IpNet::from(canonical(written)),
            masked: false,
        });
    };
    network(written, prefix)
}

/// Bits by which a mapped IPv4 prefix is longer than the same one written in IPv4.
const MAPPED_PREFIX_BITS: u8 = 96;

fn network(written: IpAddr, prefix: &str) -> Result<ParsedTarget, AddressError> {
    // `u8::from_str` would take a plus sign.
    if prefix.is_empty() || !prefix.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(AddressError::NotAnAddress);
    }
    let prefix: u8 = prefix.parse().map_err(|_| AddressError::PrefixTooLong)?;
    let address = canonical(written);
    let prefix = if written.is_ipv6() && address.is_ipv4() {
        // A network that is wider than the mapped range is not an IPv4 network.
        prefix
            .checked_sub(MAPPED_PREFIX_BITS)
            .ok_or(AddressError::NotAnAddress)?
    } else {
        prefix
    };
    let network = IpNet::new(address, prefix).map_err(|_| AddressError::PrefixTooLong)?;
    Ok(ParsedTarget {
        network: network.trunc(),
        masked: network.trunc() != network,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parsed(text: &str) -> String {
        parse_target(text).map_or_else(|e| e.to_string(), |p| p.network.to_string())
    }

    #[test]
    fn target_in_many_spellings_has_one_form() {
        assert_eq!(parsed(" 192.0.2.9 "), "192.0.2.9/32");
        assert_eq!(parsed("::ffff:192.0.2.9"), "192.0.2.9/32");
        assert_eq!(parsed("[2001:DB8:0::1]"), "2001:db8::1/128");
        assert_eq!(parsed("198.51.100.77/24"), "198.51.100.0/24");
        assert_eq!(parsed("::ffff:198.51.100.77/120"), "198.51.100.0/24");
    }

    #[test]
    fn target_whose_host_bits_were_cut_says_so() {
        assert!(parse_target("198.51.100.77/24").unwrap().masked);
        assert!(!parse_target("198.51.100.0/24").unwrap().masked);
    }

    #[test]
    fn target_that_is_no_address_is_refused() {
        for text in [
            "999.1.2.3",
            "$(id)",
            "example.org",
            "1.2.3.4/",
            "1.2.3.4/+8",
            "::ffff:1.2.3.4/64",
            "1.2.3.4 } ; flush ruleset",
            "fe80::1%eth0",
        ] {
            assert_eq!(
                parse_target(text),
                Err(AddressError::NotAnAddress),
                "{text}"
            );
        }
        assert_eq!(parse_target("  "), Err(AddressError::Empty));
        assert_eq!(parse_target("1.2.3.4/33"), Err(AddressError::PrefixTooLong));
        assert_eq!(
            parse_target("1.2.3.4/300"),
            Err(AddressError::PrefixTooLong)
        );
    }

    #[test]
    fn subject_from_daemon_that_is_no_address_is_kept_as_text() {
        assert_eq!(
            BanSubject::from_daemon("999.1.2.3.x y"),
            BanSubject::Other("999.1.2.3.x y".to_owned())
        );
    }

    proptest! {
        #[test]
        fn target_of_any_text_does_not_panic(text in "\\PC*") {
            let _ = parse_target(&text);
        }

        #[test]
        fn target_displayed_and_parsed_again_is_the_same(bits: u128, prefix in 0u8..=128) {
            let network = IpNet::new(IpAddr::V6(bits.into()), prefix).unwrap();
            if let Ok(first) = parse_target(&network.to_string()) {
                let again = parse_target(&BanSubject::Network(first.network).to_string()).unwrap();
                prop_assert_eq!(again.network, first.network);
                prop_assert!(!again.masked);
            }
        }
    }
}
