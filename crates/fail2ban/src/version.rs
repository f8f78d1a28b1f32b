//! Versions as daemons print them.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A daemon's version, such as `1.0.2` or `1.1.2.dev1`.
///
/// Read leniently: parts that are not numbers count as 0, so that an unusual build is still spoken to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    /// As the daemon says it.
    pub text: String,
    /// First number.
    pub major: u32,
    /// Second number.
    pub minor: u32,
    /// Third number.
    pub patch: u32,
}

impl Version {
    /// Reads what the daemon says.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let mut numbers = text
            .trim()
            .trim_start_matches('v')
            .split(['.', '-', '+', '~'])
            .map(|part| {
                let digits = part
                    .find(|c: char| !c.is_ascii_digit())
                    .unwrap_or(part.len());
                part.get(..digits)
                    .and_then(|number| number.parse().ok())
                    .unwrap_or_default()
            });
        let mut next = || numbers.next().unwrap_or_default();
        Self {
            text: text.trim().to_owned(),
            major: next(),
            minor: next(),
            patch: next(),
        }
    }

    /// Whether this is the named version, a development state of it or a later one.
    #[must_use]
    pub fn at_least(&self, major: u32, minor: u32, patch: u32) -> bool {
        (self.major, self.minor, self.patch) >= (major, minor, patch)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn version_of_a_development_state_keeps_its_text_and_counts_as_its_release() {
        let version = Version::parse("1.1.2.dev1");
        assert_eq!((version.major, version.minor, version.patch), (1, 1, 2));
        assert_eq!(version.to_string(), "1.1.2.dev1");
        assert!(version.at_least(1, 1, 1) && !version.at_least(1, 1, 3));
    }

    #[test]
    fn version_of_nonsense_is_the_lowest_one() {
        for text in ["", "banana", "99999999999999999999.x", "..."] {
            assert!(!Version::parse(text).at_least(0, 0, 1), "{text}");
        }
        assert!(Version::parse("1.1rc2").at_least(1, 1, 0));
    }
}
