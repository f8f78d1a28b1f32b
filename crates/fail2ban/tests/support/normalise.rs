//! Values in the form of the recordings.

use fail2ban::Value;
use fail2ban::protocol::Object;
use serde_json::{Value as Json, json};

/// A value in the form of the recordings.
pub(crate) fn normalise(value: &Value) -> Json {
    match value {
        Value::None => Json::Null,
        Value::Bool(truth) => json!(truth),
        Value::Int(number) => json!(number),
        Value::BigInt(digits) => serde_json::from_str(digits).unwrap_or_else(|_| json!(digits)),
        Value::Float(number) => json!(number),
        Value::Str(text) => json!(text),
        // What Python 2 calls text and is none is read as Latin-1 elsewhere.
        Value::Bytes(bytes) => json!(
            bytes
                .iter()
                .map(|byte| char::from(*byte))
                .collect::<String>()
        ),
        Value::List(items) => Json::Array(items.iter().map(normalise).collect()),
        Value::Tuple(items) => json!({ "$tuple": normalise_all(items) }),
        Value::Set(items) => json!({ "$set": normalise_all(items) }),
        Value::Dict(pairs) => {
            let pairs: Vec<Json> = pairs
                .iter()
                .map(|(key, value)| json!([normalise(key), normalise(value)]))
                .collect();
            json!({ "$dict": pairs })
        }
        Value::Object(object) => {
            let Object { class, args, state } = object.as_ref();
            let state = state.as_ref().map(normalise);
            json!({ "$obj": class, "args": normalise_all(args), "state": state })
        }
        Value::Global(name) => json!({ "$global": name }),
    }
}

fn normalise_all(items: &[Value]) -> Vec<Json> {
    items.iter().map(normalise).collect()
}

/// Bytes of hexadecimal digits.
pub(crate) fn unhex(text: &str) -> Option<Vec<u8>> {
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let digit = |digit: u8| {
        char::from(digit)
            .to_digit(16)
            .and_then(|digit| u8::try_from(digit).ok())
    };
    let bytes = pairs
        .iter()
        .map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?))
        .collect();
    rest.is_empty().then_some(bytes).flatten()
}
