//! The `data` of a ban: JSON that fail2ban writes, in whatever storage class and shape.

use rusqlite::types::ValueRef;
use serde_json::Value;

use super::bans::{MAX_MATCH_BYTES, MAX_MATCHES};

/// More than this is not read: ten lines of a log are far below it.
const MAX_DATA_BYTES: usize = 1 << 20;

/// The longest user name that is kept, in bytes.
const MAX_USER_BYTES: usize = 256;

/// What is kept of a ban's `data`.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct BanData {
    pub(super) matches: Vec<String>,
    pub(super) failures: Option<u32>,
    pub(super) user: Option<String>,
}

impl BanData {
    /// Reads a column: a blob, text, NULL or anything else. What cannot be read is left out; a ban is a ban without it.
    pub(super) fn read(column: ValueRef<'_>) -> Self {
        let (ValueRef::Blob(bytes) | ValueRef::Text(bytes)) = column else {
            return Self::default();
        };
        if bytes.len() > MAX_DATA_BYTES {
            return Self::default();
        }
        let text = String::from_utf8_lossy(bytes);
        let Ok(Value::Object(members)) = serde_json::from_str(&text) else {
            return Self::default();
        };
        let matches = members.get("matches").and_then(Value::as_array);
        Self {
            matches: matches.map(|lines| last_lines(lines)).unwrap_or_default(),
            failures: members
                .get("failures")
                .and_then(Value::as_u64)
                .map(|count| u32::try_from(count).unwrap_or(u32::MAX)),
            user: members
                .get("user")
                .and_then(Value::as_str)
                .filter(|user| !user.is_empty())
                .map(|user| cut(user, MAX_USER_BYTES).to_owned()),
        }
    }
}

/// The last lines, since they made the ban.
fn last_lines(lines: &[Value]) -> Vec<String> {
    let skipped = lines.len().saturating_sub(MAX_MATCHES);
    lines.iter().skip(skipped).filter_map(line).collect()
}

/// A line is text, or its three parts around the time.
fn line(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Array(parts) => parts.iter().filter_map(Value::as_str).collect(),
        _ => return None,
    };
    Some(cut(text.trim_end_matches(['\n', '\r']), MAX_MATCH_BYTES).to_owned())
}

fn cut(text: &str, bytes: usize) -> &str {
    text.get(..text.floor_char_boundary(bytes)).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(json: &str) -> BanData {
        BanData::read(ValueRef::Blob(json.as_bytes()))
    }

    #[test]
    fn data_as_blob_and_as_text_is_the_same() {
        let json = r#"{"matches": ["one\n", ["", "Nov 23 20:20:44", " host sshd[1]: x"]], "failures": 5, "user": "root"}"#;
        let expected = BanData {
            matches: vec!["one".into(), "Nov 23 20:20:44 host sshd[1]: x".into()],
            failures: Some(5),
            user: Some("root".into()),
        };
        assert_eq!(read(json), expected);
        assert_eq!(BanData::read(ValueRef::Text(json.as_bytes())), expected);
    }

    #[test]
    fn data_that_is_no_ban_data_is_empty() {
        for json in [
            "",
            "{",
            "null",
            "[]",
            "5",
            r#"{"matches": 5, "failures": "many", "user": 7}"#,
        ] {
            assert_eq!(read(json), BanData::default(), "{json}");
        }
        for column in [ValueRef::Null, ValueRef::Integer(5), ValueRef::Real(0.5)] {
            assert_eq!(BanData::read(column), BanData::default());
        }
    }

    #[test]
    fn data_with_bad_bytes_keeps_what_can_be_read() {
        let data = BanData::read(ValueRef::Blob(
            b"{\"matches\": [\"a\xff\"], \"failures\": 2}",
        ));
        assert_eq!(data.matches, ["a\u{fffd}"]);
        assert_eq!(data.failures, Some(2));
    }

    #[test]
    fn data_with_many_and_long_lines_keeps_the_last_and_cuts_them() {
        let lines: Vec<String> = (0..300)
            .map(|n| format!("{n} {}", "ü".repeat(MAX_MATCH_BYTES)))
            .collect();
        let data = read(&serde_json::json!({"matches": lines, "failures": u64::MAX}).to_string());
        assert!(data.matches.is_empty(), "more than a megabyte is not read");
        let lines: Vec<String> = (0..50)
            .map(|n| format!("{n} {}", "ü".repeat(3_000)))
            .collect();
        let data = read(&serde_json::json!({"matches": lines, "failures": u64::MAX}).to_string());
        assert_eq!(data.matches.len(), MAX_MATCHES);
        assert!(data.matches.last().unwrap().starts_with("49 "));
        assert!(
            data.matches
                .iter()
                .all(|line| line.len() <= MAX_MATCH_BYTES)
        );
        assert_eq!(data.failures, Some(u32::MAX));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_a_panic(bytes: Vec<u8>) {
            let _ = BanData::read(ValueRef::Blob(&bytes));
            let _ = BanData::read(ValueRef::Text(&bytes));
        }
    }
}
