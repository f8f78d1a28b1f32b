//! Recorded replies: reading a line, decoding it, comparing it with what Python says.

use fail2ban::Value;
use fail2ban::dump::{DumpLimits, parse_value};
use fail2ban::protocol::{Limits, ReplyScanner, TERMINATOR, decode};
use serde_json::Value as Json;

use super::normalise::{normalise, unhex};

/// What became of one recorded line.
#[derive(Debug, PartialEq)]
pub(crate) enum Outcome {
    /// The reply is what Python says.
    Equal,
    /// The reply was decoded; the line does not say what Python says.
    Decoded,
    /// The reply is something else, or was not decoded.
    Differs(String),
}

/// Compares one line of a recording.
pub(crate) fn replay(line: &str) -> Outcome {
    let record: Json = match serde_json::from_str(line) {
        Ok(record) => record,
        Err(error) => return Outcome::Differs(format!("not JSON: {error}")),
    };
    match &record {
        Json::Array(messages) => replay_wire(messages),
        Json::Object(_) => replay_record(&record),
        _ => Outcome::Differs("neither a record nor a conversation".to_owned()),
    }
}

fn replay_record(record: &Json) -> Outcome {
    let Some(raw) = record
        .get("reply_hex")
        .and_then(Json::as_str)
        .and_then(unhex)
    else {
        return Outcome::Differs("no reply_hex".to_owned());
    };
    let value = match decode_message(&raw) {
        Ok(value) => value,
        Err(error) => return Outcome::Differs(error),
    };
    if let Some(expected) = record.get("expected") {
        return compare(&normalise(&value), expected);
    }
    if let Some(repr) = record.get("python_repr").and_then(Json::as_str) {
        return match parse_value(repr, &DumpLimits::default()) {
            Ok(expected) => compare(&normalise(&value), &normalise(&expected)),
            // Exceptions print as calls, which are no plain values.
            Err(_) => Outcome::Decoded,
        };
    }
    if let Some(ascii) = record.get("ascii").and_then(Json::as_str) {
        return match parse_value(ascii, &DumpLimits::default()) {
            Ok(Value::Bytes(bytes)) if bytes == raw => Outcome::Equal,
            other => Outcome::Differs(format!("{other:?} is not the reply")),
        };
    }
    Outcome::Decoded
}

/// A conversation: the closing command has no value, everything else has one.
fn replay_wire(messages: &[Json]) -> Outcome {
    for message in messages {
        let Some(raw) = message.get(1).and_then(Json::as_str).and_then(unhex) else {
            return Outcome::Differs("a message without bytes".to_owned());
        };
        if raw.starts_with(b"<F2B_CLOSE_COMMAND>") {
            continue;
        }
        if let Err(error) = decode_message(&raw) {
            return Outcome::Differs(error);
        }
    }
    Outcome::Decoded
}

/// Decodes one message with its terminator.
pub(crate) fn decode_message(raw: &[u8]) -> Result<Value, String> {
    let limits = Limits::default();
    let end = ReplyScanner::new(&limits)
        .scan(raw)
        .map_err(|error| error.to_string())?;
    if end != Some(raw.len()) {
        return Err(format!("the end is seen at {end:?} of {}", raw.len()));
    }
    let body = raw.get(..raw.len() - TERMINATOR.len()).unwrap_or_default();
    decode(body, &limits).map_err(|error| error.to_string())
}

fn compare(actual: &Json, expected: &Json) -> Outcome {
    if same(actual, expected) {
        Outcome::Equal
    } else {
        Outcome::Differs(format!("decoded {actual}, Python says {expected}"))
    }
}

/// Sets and dicts are equal in any order, numbers by value.
fn same(actual: &Json, expected: &Json) -> bool {
    match (actual, expected) {
        (Json::Object(one), Json::Object(other)) => {
            one.len() == other.len()
                && one.iter().all(|(key, value)| {
                    other.get(key).is_some_and(|expected| match key.as_str() {
                        "$set" | "$dict" => same_in_any_order(value, expected),
                        _ => same(value, expected),
                    })
                })
        }
        (Json::Array(one), Json::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (Json::Number(one), Json::Number(other)) => one == other || one.as_f64() == other.as_f64(),
        _ => actual == expected,
    }
}

fn same_in_any_order(actual: &Json, expected: &Json) -> bool {
    let (Some(actual), Some(expected)) = (actual.as_array(), expected.as_array()) else {
        return false;
    };
    let mut left: Vec<&Json> = expected.iter().collect();
    actual.len() == expected.len()
        && actual.iter().all(|one| {
            let found = left.iter().position(|other| same(one, other));
            found.map(|at| left.swap_remove(at)).is_some()
        })
}
