//! Where an address is registered, and in whose network it is.
use std::{fmt, net::IpAddr, sync::Arc};

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

/// A country or territory by its two-letter code (ISO 3166-1 alpha-2), upper case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CountryCode([u8; 2]);

/// What is no country code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a country is written as two letters, such as DE")]
pub struct NotACountryCode;

impl CountryCode {
    /// Takes two ASCII letters in either case.
    ///
    /// # Errors
    /// [`NotACountryCode`] for anything else.
    pub fn new(text: &str) -> Result<Self, NotACountryCode> {
        match *text.as_bytes() {
            [a, b] if a.is_ascii_alphabetic() && b.is_ascii_alphabetic() => {
                Ok(Self([a.to_ascii_uppercase(), b.to_ascii_uppercase()]))
            }
            _ => Err(NotACountryCode),
        }
    }

    /// The two letters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // Both bytes are ASCII letters by construction.
        std::str::from_utf8(&self.0).unwrap_or("ZZ")
    }
}

impl fmt::Display for CountryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl TryFrom<String> for CountryCode {
    type Error = NotACountryCode;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::new(&text)
    }
}

impl From<CountryCode> for String {
    fn from(code: CountryCode) -> Self {
        code.as_str().to_owned()
    }
}

/// The number of an autonomous system: a network as the routers of the Internet know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Asn(pub u32);

/// What is known of an address without asking anybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Place {
    /// Where the address is registered or, with data that a user gave, where it is.
    pub country: Option<CountryCode>,
    /// The network that announces it.
    pub asn: Option<Asn>,
}

/// Looks places up in memory: under a microsecond, never fails, never leaves the machine.
#[async_trait]
pub trait Places: Send + Sync {
    /// The place of an address; empty for private and unknown ones.
    fn place(&self, address: IpAddr) -> Place;

    /// The name of a network.
    fn network_name(&self, asn: Asn) -> Option<Arc<str>>;

    /// Which data are in use: country first, then network.
    fn sources(&self) -> Vec<PlaceSource>;

    /// Waits until the data are loaded: a start does not wait for it, and what is kept for good should.
    async fn ready(&self) {}
}

/// Keeps the data of [`Places`] fresh.
#[async_trait]
pub trait PlacesUpkeep: Send + Sync {
    /// Loads the data the first time; afterwards takes into use what a user has put there or changed. Answers how many sources changed.
    async fn refresh(&self) -> u64;
}

/// What a source of places tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum PlaceKind {
    /// The country.
    Country,
    /// The network.
    Network,
}

/// Data in use for looking up places.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PlaceSource {
    /// What it tells.
    pub kind: PlaceKind,
    /// Its name, such as `GeoLite2-Country` or the name of the data that come with BanGUI.
    pub name: String,
    /// Whether a user put the file there.
    pub supplied: bool,
    /// When the data were made.
    pub made_at: Option<crate::Timestamp>,
    /// Ranges in it.
    pub ranges: u64,
    /// Under which licence, and whom to credit.
    pub licence: String,
    /// Why a file that a user put there is not in use.
    pub problem: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn country_code_in_either_case_is_upper_case() {
        assert_eq!(CountryCode::new("de").unwrap().as_str(), "DE");
    }

    #[test]
    fn country_code_that_is_not_two_letters_is_refused() {
        for text in ["", "D", "DEU", "D1", "ß", "--"] {
            assert_eq!(CountryCode::new(text), Err(NotACountryCode), "{text}");
        }
    }
}
