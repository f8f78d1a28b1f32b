//! Names that are parsed once, at the edge.
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Why a name was not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Nothing was given.
    #[error("the name is empty")]
    Empty,
    /// More characters than allowed.
    #[error("the name has more than {max} characters")]
    TooLong {
        /// The limit.
        max: usize,
    },
    /// A character that the name may not have, or not there.
    #[error("the name may not contain {what}")]
    Forbidden {
        /// What was found, in words.
        what: &'static str,
    },
}

/// The name of a jail, as fail2ban can know it.
///
/// fail2ban accepts nearly any text. Refused here is only what its protocol cannot carry or what means something else to it: control
/// characters, the request terminator, commas (they separate names in its answers), a leading `-` (an option), spaces at the ends.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct JailName(String);

impl JailName {
    /// The most characters of a name; fail2ban itself warns from 26 on.
    pub const MAX_CHARS: usize = 100;

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for JailName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        length(text, Self::MAX_CHARS)?;
        let forbidden = if text.chars().any(char::is_control) {
            Some("control characters")
        } else if text.contains(',') {
            Some("a comma")
        } else if text.starts_with('-') {
            Some("a minus sign at its start")
        } else if text.trim() != text {
            Some("white space at its ends")
        } else if text.contains("<F2B_") {
            Some("a marker of fail2ban's protocol")
        } else {
            None
        };
        forbidden.map_or_else(
            || Ok(Self(text.to_owned())),
            |what| Err(NameError::Forbidden { what }),
        )
    }
}

/// The name of a machine that BanGUI looks after; `local` is the one it runs on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct HostId(String);

impl HostId {
    /// The most characters of a host's name.
    pub const MAX_CHARS: usize = 63;

    /// The machine that BanGUI itself runs on.
    #[must_use]
    pub fn local() -> Self {
        Self("local".to_owned())
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for HostId {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        length(text, Self::MAX_CHARS)?;
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if !text.chars().all(fits) {
            return Err(NameError::Forbidden {
                what: "anything but small letters, digits and hyphens",
            });
        }
        Ok(Self(text.to_owned()))
    }
}

/// The name by which a person signs in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct UserName(String);

impl UserName {
    /// The most characters of a user's name.
    pub const MAX_CHARS: usize = 64;

    /// The account that the wizard makes.
    #[must_use]
    pub fn admin() -> Self {
        Self("admin".to_owned())
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for UserName {
    type Err = NameError;

    /// Names are compared without regard to ASCII case, so they are kept in small letters.
    fn from_str(text: &str) -> Result<Self, NameError> {
        let text = text.trim();
        length(text, Self::MAX_CHARS)?;
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '@');
        if !text.chars().all(fits) {
            return Err(NameError::Forbidden {
                what: "anything but letters, digits and . - _ @",
            });
        }
        Ok(Self(text.to_ascii_lowercase()))
    }
}

/// Refuses a name that is empty or has more than `max` characters.
pub(crate) fn length(text: &str, max: usize) -> Result<(), NameError> {
    if text.is_empty() {
        return Err(NameError::Empty);
    }
    if text.chars().count() > max {
        return Err(NameError::TooLong { max });
    }
    Ok(())
}

/// Text to a name and back, for serde and for people.
macro_rules! text_conversions {
    ($($name:ident),+) => {$(
        impl TryFrom<String> for $name {
            type Error = $crate::NameError;

            fn try_from(text: String) -> Result<Self, $crate::NameError> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    )+};
}
pub(crate) use text_conversions;

text_conversions!(JailName, HostId, UserName);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jail_name_with_odd_but_harmless_text_is_taken() {
        for text in ["sshd", "my jail", "a.b", "a/b", "gefängnis", "日本"] {
            assert_eq!(text.parse::<JailName>().unwrap().as_str(), text);
        }
    }

    #[test]
    fn jail_name_that_fail2ban_would_misread_is_refused() {
        for text in [
            "",
            "--all",
            "a, b",
            "a\nb",
            " a",
            "x<F2B_END_COMMAND>",
            &"x".repeat(101),
        ] {
            assert!(text.parse::<JailName>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn user_name_is_kept_in_small_letters() {
        assert_eq!("Admin".parse::<UserName>().unwrap(), UserName::admin());
        assert!("a b".parse::<UserName>().is_err());
    }

    #[test]
    fn host_id_outside_the_alphabet_is_refused() {
        assert!("Local".parse::<HostId>().is_err());
        assert_eq!("local".parse::<HostId>().unwrap(), HostId::local());
    }
}
