//! What a decoded reply says.

use super::Value;

/// A reply before anybody asked what it means.
#[derive(Debug, Clone, PartialEq)]
pub enum RawReply {
    /// The command was carried out and gave this.
    Done(Value),
    /// The command failed with this exception.
    Failed(Value),
    /// The daemon could not read the request or not write the answer, in its words.
    Error(String),
    /// The daemon is stopping.
    Shutdown,
    /// Nothing that a daemon says.
    Other(Value),
}

/// Sorts a reply by what it says.
#[must_use]
pub fn split_reply(reply: Value) -> RawReply {
    match reply {
        Value::Tuple(items) => match <[Value; 2]>::try_from(items) {
            Ok([Value::Int(0), value]) => RawReply::Done(value),
            Ok([Value::Int(1), exception]) => RawReply::Failed(exception),
            Ok(pair) => RawReply::Other(Value::Tuple(pair.into())),
            Err(items) => RawReply::Other(Value::Tuple(items)),
        },
        Value::Str(text) => RawReply::Error(text),
        Value::List(items) if items.first().and_then(Value::as_str) == Some("SHUTDOWN") => {
            RawReply::Shutdown
        }
        other => RawReply::Other(other),
    }
}
