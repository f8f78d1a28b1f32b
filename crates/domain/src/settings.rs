//! What the wizard asks, and the settings page changes.
use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// Why settings were not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// Not in the time zone database.
    #[error("{0:?} is not a time zone: write one such as Europe/Berlin or UTC")]
    UnknownTimeZone(String),
}

/// A zone of the IANA time zone database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TimeZoneName(String);

impl TimeZoneName {
    /// Coordinated universal time.
    #[must_use]
    pub fn utc() -> Self {
        Self("UTC".to_owned())
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for TimeZoneName {
    type Err = SettingsError;

    fn from_str(text: &str) -> Result<Self, SettingsError> {
        jiff::tz::TimeZone::get(text)
            .ok()
            .and_then(|zone| zone.iana_name().map(|name| Self(name.to_owned())))
            .ok_or_else(|| SettingsError::UnknownTimeZone(text.chars().take(64).collect()))
    }
}

impl TryFrom<String> for TimeZoneName {
    type Error = SettingsError;

    fn try_from(text: String) -> Result<Self, SettingsError> {
        text.parse()
    }
}

impl From<TimeZoneName> for String {
    fn from(name: TimeZoneName) -> Self {
        name.0
    }
}

impl fmt::Display for TimeZoneName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Settings that are kept in storage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Settings {
    /// In which zone the page shows times.
    pub time_zone: TimeZoneName,
    /// After how many seconds without use a session ends.
    pub session_idle_seconds: i64,
    /// After how many seconds a session ends in any case.
    pub session_absolute_seconds: i64,
    /// The daemon's socket; `None` means the one that the process was started with.
    pub fail2ban_socket: Option<String>,
    /// For how many days events are kept; roll-ups stay.
    pub retention_days: u16,
    /// Whether a person may have the name and the registration of an address asked for elsewhere.
    pub online_lookups: bool,
    /// Whether connections that are there already stay when their address comes to be blocked by BanGUI's own table.
    pub blocked_connections_stay: bool,
}

/// For how many days events are kept unless somebody says otherwise.
pub const DEFAULT_RETENTION_DAYS: u16 = 365;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_zone_of_the_database_is_taken_in_its_own_spelling() {
        assert_eq!(
            "europe/berlin".parse::<TimeZoneName>().unwrap().as_str(),
            "Europe/Berlin"
        );
        assert_eq!("UTC".parse::<TimeZoneName>().unwrap().as_str(), "UTC");
    }

    #[test]
    fn time_zone_that_does_not_exist_is_refused() {
        for text in ["", "Mars/Base", "../../etc/passwd"] {
            assert!(text.parse::<TimeZoneName>().is_err(), "{text}");
        }
    }
}
