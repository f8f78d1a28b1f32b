//! An entry as `journalctl --output=json` prints it.
use domain::Timestamp;
use serde::Deserialize;

const MICROS_PER_MILLI: i64 = 1_000;

/// What is looked at of an entry.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    /// The journal's own name of the entry.
    pub(crate) cursor: String,
    pub(crate) at: Timestamp,
    pub(crate) pid: Option<u32>,
    /// Which part of fail2ban wrote it; empty where that is not told.
    pub(crate) logger: String,
    /// Hostile text.
    pub(crate) message: String,
}

#[derive(Deserialize)]
struct Printed {
    #[serde(rename = "__CURSOR")]
    cursor: String,
    #[serde(rename = "__REALTIME_TIMESTAMP")]
    received: String,
    #[serde(rename = "_SOURCE_REALTIME_TIMESTAMP")]
    sent: Option<String>,
    #[serde(rename = "_PID")]
    pid: Option<String>,
    #[serde(rename = "LOGGER")]
    logger: Option<Text>,
    #[serde(rename = "SYSLOG_IDENTIFIER")]
    identifier: Option<Text>,
    #[serde(rename = "MESSAGE")]
    message: Option<Text>,
}

/// Bytes that are no text are printed as numbers, a field that is there twice as a list of both.
#[derive(Deserialize)]
#[serde(untagged)]
enum Text {
    Plain(String),
    Bytes(Vec<u8>),
    Many(Vec<Text>),
}

impl Text {
    fn read(self) -> String {
        match self {
            Self::Plain(text) => text,
            Self::Bytes(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Self::Many(all) => all.into_iter().next().map(Self::read).unwrap_or_default(),
        }
    }
}

impl Entry {
    /// Reads a printed entry; `None` for what is none.
    pub(crate) fn parse(line: &[u8]) -> Option<Self> {
        let printed: Printed = serde_json::from_slice(line).ok()?;
        let micros: i64 = printed.sent.unwrap_or(printed.received).parse().ok()?;
        let message = printed.message?.read();
        let logger = printed.logger.or(printed.identifier);
        Some(Self {
            cursor: printed.cursor,
            at: Timestamp::from_millis(micros / MICROS_PER_MILLI),
            pid: printed.pid.and_then(|pid| pid.parse().ok()),
            logger: logger.map(Text::read).unwrap_or_default(),
            message,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entry_of_each_form_is_read() {
        let line = br#"{"__CURSOR":"s=1;i=2","__REALTIME_TIMESTAMP":"1795456623000001","_SOURCE_REALTIME_TIMESTAMP":"1795456622987654","_PID":"77","LOGGER":"fail2ban.actions","SYSLOG_IDENTIFIER":"fail2ban","MESSAGE":"[sshd] Ban 192.0.2.1"}"#;
        let entry = Entry::parse(line).unwrap();
        assert_eq!(entry.at.as_millis(), 1_795_456_622_987);
        assert_eq!(
            (entry.pid, entry.logger.as_str()),
            (Some(77), "fail2ban.actions")
        );
        assert_eq!(entry.message, "[sshd] Ban 192.0.2.1");
        let bytes = br#"{"__CURSOR":"c","__REALTIME_TIMESTAMP":"1","MESSAGE":[91,255,93]}"#;
        assert_eq!(Entry::parse(bytes).unwrap().message, "[\u{fffd}]");
        let twice = br#"{"__CURSOR":"c","__REALTIME_TIMESTAMP":"1","MESSAGE":["a","b"]}"#;
        assert_eq!(Entry::parse(twice).unwrap().message, "a");
    }

    #[test]
    fn what_is_no_entry_is_none() {
        for line in [
            &b""[..],
            b"-- No entries --",
            b"{}",
            br#"{"__CURSOR":"c","__REALTIME_TIMESTAMP":"x","MESSAGE":"m"}"#,
            br#"{"__CURSOR":"c","__REALTIME_TIMESTAMP":"1","MESSAGE":null}"#,
        ] {
            assert_eq!(Entry::parse(line), None);
        }
    }
}
