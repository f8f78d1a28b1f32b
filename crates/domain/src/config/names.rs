//! Names of configured things, parsed once.
use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{
    NameError,
    names::{length, text_conversions},
};

/// What can be configured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ConfigItemKind {
    /// A section of `jail.conf` and what overrides it.
    Jail,
    /// A file of `filter.d`.
    Filter,
    /// A file of `action.d`.
    Action,
    /// `fail2ban.conf`: the daemon itself. There is one, named `fail2ban`.
    Server,
}

/// The name of a jail, filter or action in the files.
///
/// It becomes a file's name or a section's header, so it holds only what is safe as both: letters, digits and inner `.`, `-`, `_`; jails may hold inner
/// spaces too where they exist already. Never `DEFAULT`, `INCLUDES`, `Definition`, `Init`, never a path.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ItemName(String);

impl ItemName {
    /// The most characters of a name.
    pub const MAX_CHARS: usize = 100;

    /// Names that have a meaning of their own in the files.
    pub const RESERVED: [&str; 4] = ["DEFAULT", "INCLUDES", "Definition", "Init"];

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ItemName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        length(text, Self::MAX_CHARS)?;
        let forbidden = if Self::RESERVED.contains(&text) {
            Some("a name that has a meaning of its own in these files")
        } else if text.starts_with(['.', '-', ' ']) || text.ends_with(' ') {
            Some("a dot, a hyphen or a space at its beginning, or a space at its end")
        } else if !text
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | ' '))
        {
            Some("anything but letters, digits and . - _")
        } else {
            None
        };
        forbidden.map_or_else(
            || Ok(Self(text.to_owned())),
            |what| Err(NameError::Forbidden { what }),
        )
    }
}

/// The name of an option, in small letters as fail2ban compares it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct OptionName(String);

impl OptionName {
    /// The most characters of a name.
    pub const MAX_CHARS: usize = 100;

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for OptionName {
    type Err = NameError;

    /// Letters, digits and `_ - . ? = /` (conditions are part of a name: `actionban?family=inet6`).
    fn from_str(text: &str) -> Result<Self, NameError> {
        length(text, Self::MAX_CHARS)?;
        let fits =
            |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '?' | '=' | '/');
        let starts = text.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
        if !starts || text.ends_with('=') || !text.chars().all(fits) {
            return Err(NameError::Forbidden {
                what: "anything but letters, digits and _ - . behind its first letter",
            });
        }
        Ok(Self(text.to_ascii_lowercase()))
    }
}

/// One configured thing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConfigItemId {
    /// What it is.
    pub kind: ConfigItemKind,
    /// How it is called.
    pub name: ItemName,
}

/// A file of the configuration, relative to its folder: `jail.local`, `filter.d/sshd.local`.
///
/// Only the places that fail2ban reads: `NAME.conf|local` at the top, and `jail.d`, `fail2ban.d`, `filter.d`, `action.d` (also its `.py`), one level deep
/// (`filter.d/ignorecommands` holds programs, which are not shown).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ConfigPath(String);

impl ConfigPath {
    /// The most characters of a path.
    pub const MAX_CHARS: usize = 200;

    /// The path as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether BanGUI may write it: only `.local` files.
    #[must_use]
    pub fn is_local(&self) -> bool {
        self.0
            .rsplit_once('.')
            .is_some_and(|(_, ending)| ending == "local")
    }
}

impl FromStr for ConfigPath {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        const FOLDERS: [&str; 4] = ["jail.d", "fail2ban.d", "filter.d", "action.d"];
        length(text, Self::MAX_CHARS)?;
        let (folder, file) = text
            .split_once('/')
            .map_or((None, text), |(folder, file)| (Some(folder), file));
        let known_folder = folder.is_none_or(|folder| FOLDERS.contains(&folder));
        let stem = file
            .strip_suffix(".conf")
            .or_else(|| file.strip_suffix(".local"))
            .or_else(|| {
                file.strip_suffix(".py")
                    .filter(|_| folder == Some("action.d"))
            });
        let fits = |stem: &str| {
            !stem.is_empty()
                && !stem.starts_with('.')
                && stem
                    .chars()
                    .all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | ' ' | '+' | '@'))
        };
        if !known_folder || !stem.is_some_and(fits) {
            return Err(NameError::Forbidden {
                what: "anything but a .conf or .local file that fail2ban reads",
            });
        }
        Ok(Self(text.to_owned()))
    }
}

/// The hash of some bytes, as 64 hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Sha256(String);

impl Sha256 {
    /// The hash that was computed.
    #[must_use]
    pub fn of_digest(digest: [u8; 32]) -> Self {
        use fmt::Write as _;
        Self(digest.iter().fold(String::new(), |mut text, byte| {
            // Writing into a String cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        }))
    }

    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Sha256 {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        const DIGITS: usize = 64;
        let digit = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c);
        if text.len() != DIGITS || !text.chars().all(digit) {
            return Err(NameError::Forbidden {
                what: "anything but 64 hexadecimal digits",
            });
        }
        Ok(Self(text.to_owned()))
    }
}

/// A version of the configuration; later ones have greater numbers, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct VersionId(pub u64);

impl fmt::Display for VersionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

text_conversions!(ItemName, OptionName, ConfigPath, Sha256);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_that_is_empty_or_too_long_is_refused_with_the_limit() {
        fn error<T: FromStr<Err = NameError>>(chars: usize) -> Option<NameError> {
            "ü".repeat(chars).parse::<T>().err()
        }
        let too_long = |max| Some(NameError::TooLong { max });
        assert_eq!(error::<ItemName>(0), Some(NameError::Empty));
        assert_eq!(error::<ItemName>(100), None);
        assert_eq!(error::<ItemName>(101), too_long(100));
        assert_eq!(error::<OptionName>(0), Some(NameError::Empty));
        assert_eq!(error::<OptionName>(101), too_long(100));
        assert_eq!(error::<ConfigPath>(0), Some(NameError::Empty));
        assert_eq!(error::<ConfigPath>(201), too_long(200));
    }

    #[test]
    fn config_path_outside_of_what_fail2ban_reads_is_refused() {
        for path in [
            "",
            "../jail.local",
            "/etc/passwd",
            "jail.d/../x.local",
            "filter.d/a/b.local",
            "filter.d/.local",
            "x.d/a.local",
            "jail.py",
            "jail.txt",
            "jail.local\n",
        ] {
            assert!(path.parse::<ConfigPath>().is_err(), "{path:?}");
        }
        for path in [
            "jail.conf",
            "jail.local",
            "jail.d/zz-bangui.local",
            "filter.d/sshd.conf",
            "action.d/smtp.py",
            "paths-debian.conf",
        ] {
            assert_eq!(path.parse::<ConfigPath>().unwrap().as_str(), path);
        }
    }

    #[test]
    fn item_name_that_is_no_file_or_section_is_refused() {
        for name in [
            "",
            "DEFAULT",
            "a/b",
            "..",
            "-x",
            "a]b",
            "a\nb",
            " a",
            "Definition",
            "a[b=c]",
            "a;b",
        ] {
            assert!(name.parse::<ItemName>().is_err(), "{name:?}");
        }
        assert_eq!(
            "nginx-http-auth".parse::<ItemName>().unwrap().as_str(),
            "nginx-http-auth"
        );
    }

    #[test]
    fn option_name_is_kept_in_small_letters() {
        assert_eq!(
            "MaxRetry".parse::<OptionName>().unwrap().as_str(),
            "maxretry"
        );
        assert_eq!(
            "actionban?family=inet6"
                .parse::<OptionName>()
                .unwrap()
                .as_str(),
            "actionban?family=inet6"
        );
        for name in ["", "a b", "a\nb", "[x", "a%", "=x", "x="] {
            assert!(name.parse::<OptionName>().is_err(), "{name:?}");
        }
    }
}
